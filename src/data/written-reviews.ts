/**
 * Film reviews written by the package itself from patterns, for a chapter without a network. They are made hard on purpose:
 * not every sentence of a good review praises, an adjective's sense is often turned round by a word before it ("hardly
 * boring"), and of a sentence with "although" only the second half is what the writer means. Counting words alone therefore
 * misses many reviews that a model which reads their order gets right. Nobody's texts are in them; the same seed writes the
 * same reviews everywhere.
 */
import { MT19937 } from "../tensor/random/mt19937.ts";
import { md5 } from "./checksum.ts";
import type { ImdbFiles, ReviewPart } from "./imdb-files.ts";

const TRAIN_COUNT = 4_000;
const TEST_COUNT = 1_000;

/** How a review comes about: each number is the chance of what it names. */
const CHANCE = {
  /** A statement that agrees with the review's label. */
  agrees: 0.8,
  /** A statement made by turning the opposite word round. */
  turned: 0.3,
  /** A statement that first grants the opposite. */
  granted: 0.2,
  /** A sentence that says nothing about liking. */
  neutral: 0.3,
} as const;

const GOOD = ["gripping", "moving", "clever", "funny", "beautiful", "fresh", "convincing", "warm", "brilliant", "charming", "tense", "memorable", "subtle", "honest", "bold", "elegant", "lively", "touching", "rich", "splendid"];
const BAD = ["boring", "clumsy", "predictable", "hollow", "silly", "ugly", "tired", "wooden", "shallow", "noisy", "dull", "forgettable", "lazy", "muddled", "stale", "pointless", "weak", "cold", "endless", "dreadful"];
const THINGS = ["plot", "acting", "music", "ending", "dialogue", "camera work", "opening scene", "story", "humour", "pacing", "lead actor", "villain", "script", "set design", "second half", "direction", "editing", "love story"];
const TURNS = ["not", "never", "hardly", "anything but", "far from", "by no means"];
const STRENGTHS = ["", "", "rather ", "very ", "truly ", "quite ", "remarkably ", "a little "];
const VERBS = ["was", "is", "seemed", "felt", "remains"];
const NEUTRAL = [
  "I saw it on a Tuesday evening with my sister.", "It runs for about two hours.", "The film is set in a small town by the sea.",
  "There were perhaps twenty people in the cinema.", "The director has made three films before this one.", "It is based on a novel that I have not read.",
  "We bought the tickets a week ago.", "Most of it was filmed in the mountains.", "A friend had told me about it.", "The story begins in winter and ends in autumn.",
];

/** Options of {@link writeReviews}. */
export interface WrittenReviewsOptions {
  seed?: number;
  trainCount?: number;
  testCount?: number;
}

/** Writes a set of reviews; good and bad ones take turns. */
export function writeReviews(options: WrittenReviewsOptions = {}): ImdbFiles {
  const { seed = 31, trainCount = TRAIN_COUNT, testCount = TEST_COUNT } = options;
  const random = new MT19937(seed);
  const train = writePart(trainCount, random);
  const test = writePart(testCount, random);
  const bytesOf = ({ texts, labels }: ReviewPart): Uint8Array[] => [Buffer.from(texts.join("\n")), labels];
  return { name: "written reviews", checksum: md5(...bytesOf(train), ...bytesOf(test)), train, test };
}

function writePart(count: number, random: MT19937): ReviewPart {
  const labels = Uint8Array.from({ length: count }, (_, i) => (i + 1) % 2);
  return { texts: Array.from(labels, (label) => writeReview(label === 1, random)), labels, count };
}

function writeReview(liked: boolean, random: MT19937): string {
  const happens = (chance: number): boolean => random.uniform(0, 1) < chance;
  const statements = 5 + (random.nextUint32() % 6);
  const sentences: string[] = [];
  for (let i = 0; i < statements; i++) {
    if (happens(CHANCE.neutral)) sentences.push(random.choice(NEUTRAL));
    const praises = liked === happens(CHANCE.agrees);
    const clause = (good: boolean): string => {
      const thing = `the ${random.choice(THINGS)} ${random.choice(VERBS)} `;
      const turned = happens(CHANCE.turned);
      const adjective = random.choice(good === turned ? BAD : GOOD);
      return thing + (turned ? `${random.choice(TURNS)} ${adjective}` : `${random.choice(STRENGTHS)}${adjective}`);
    };
    const sentence = happens(CHANCE.granted) ? `although ${clause(!praises)}, ${clause(praises)}` : clause(praises);
    sentences.push(`${sentence[0]!.toUpperCase()}${sentence.slice(1)}.`);
  }
  return sentences.join(" ");
}
