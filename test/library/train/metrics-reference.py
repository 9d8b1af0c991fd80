"""Metrics as scikit-learn and NLTK compute them, on seeded decisions and sentences.

Run: python metrics-reference.py (writes metrics.json beside itself; made with scikit-learn 1.9.1 and NLTK 3.10.4)
"""

import json
import pathlib

import nltk
import numpy as np
import sklearn
from nltk.translate.bleu_score import SmoothingFunction, corpus_bleu
from sklearn import metrics

rng = np.random.RandomState(3)
N, C = 57, 6
scores = rng.randn(N, C).astype(np.float32)
labels = rng.randint(0, C - 1, N)  # class 5 never occurs
scores[np.arange(N), labels] += 1
scores[:, 5] -= 0.5
predicted = scores.argmax(1)

probabilities = rng.rand(40).astype(np.float32)
truth = (probabilities + rng.rand(40) > 1).astype(int)
yes = (probabilities > 0.5).astype(int)
strict = (probabilities > 0.8).astype(int)

x, y = rng.randn(23, 3).astype(np.float32), rng.randn(23, 3).astype(np.float32)

averages = {}
for average in ("micro", "macro", "weighted"):
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(labels, predicted, average=average, zero_division=0)
    averages[average] = {"precision": precision, "recall": recall, "f1": f1}

token_scores = rng.randn(4, C, 5).astype(np.float32)
tokens = rng.randint(0, C, (4, 5))
tokens[1, 3:] = -1
kept = tokens.reshape(-1) >= 0
flat = token_scores.transpose(0, 2, 1).reshape(-1, C).astype(np.float64)
softmax = np.exp(flat) / np.exp(flat).sum(1, keepdims=True)
perplexity = np.exp(metrics.log_loss(tokens.reshape(-1)[kept], softmax[kept], labels=list(range(C))))

WORDS = "the cat dog sat ran on under a mat house big small".split()


def sentence(length):
    return [WORDS[i] for i in rng.randint(0, len(WORDS), length)]


candidates, references = [], []
for _ in range(8):
    base = sentence(rng.randint(6, 12))
    variants = []
    for _ in range(rng.randint(1, 4)):
        other = list(base)
        for place in rng.randint(0, len(base), 2):
            other[place] = WORDS[rng.randint(len(WORDS))]
        variants.append(other + sentence(rng.randint(0, 3)))
    candidates.append(base if rng.rand() < 0.7 else base[:-1])
    references.append(variants)
apart = [sentence(7)], [[sentence(9)]]
method = SmoothingFunction()
pairs = [("kitten", "sitting"), ("", "abc"), ("flaw", "lawn"), ("same", "same"), ("three two nine", "three nine")]
pairs += [("".join(chr(97 + i) for i in rng.randint(0, 4, 12)), "".join(chr(97 + i) for i in rng.randint(0, 4, 9))) for _ in range(6)]

stored = {
    "made with": f"scikit-learn {sklearn.__version__}, NLTK {nltk.__version__}",
    "scores": scores.tolist(), "labels": labels.tolist(),
    "accuracy": metrics.accuracy_score(labels, predicted),
    "topK": {k: metrics.top_k_accuracy_score(labels, scores, k=k, labels=list(range(C))) for k in (1, 2, 3, 5)},
    "confusion": metrics.confusion_matrix(labels, predicted, labels=list(range(C))).tolist(),
    "averages": averages,
    "probabilities": probabilities.tolist(), "truth": truth.tolist(),
    "binary": {
        name: {
            "accuracy": metrics.accuracy_score(truth, decided),
            "precision": metrics.precision_score(truth, decided),
            "recall": metrics.recall_score(truth, decided),
            "f1": metrics.f1_score(truth, decided),
        }
        for name, decided in (("0.5", yes), ("0.8", strict))
    },
    "x": x.tolist(), "y": y.tolist(), "rmse": metrics.root_mean_squared_error(y.reshape(-1), x.reshape(-1)),
    "mae": metrics.mean_absolute_error(y, x),
    "tokenScores": token_scores.tolist(), "tokens": tokens.tolist(), "perplexity": perplexity,
    "candidates": candidates, "references": references,
    "bleu": corpus_bleu(references, candidates),
    "bleu2": corpus_bleu(references, candidates, weights=(0.5, 0.5)),
    "bleuAddOne": corpus_bleu(references, candidates, smoothing_function=method.method2),
    "apart": {"candidates": apart[0], "references": apart[1], "addOne": corpus_bleu(apart[1], apart[0], smoothing_function=method.method2)},
    "pairs": [[a, b, nltk.edit_distance(a, b)] for a, b in pairs],
    "wordPairs": [[c, r[0], nltk.edit_distance(c, r[0])] for c, r in zip(candidates, references, strict=True)],
}
pathlib.Path(__file__).with_name("metrics.json").write_text(json.dumps(stored) + "\n")
