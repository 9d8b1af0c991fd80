/** The texts of the page's side in Chinese (simplified). */
import type { StringKey } from "./index.ts";

export const zh: Readonly<Record<StringKey, string>> = {
  "channel.saved": "需要正在运行的内核:请运行此单元格后再使用",
  "channel.gone": "绘制此视图的内核已停止或重启:请重新运行此单元格",
  "channel.disconnected": "与内核的连接已中断",
  "channel.released": "内核已不再保存此视图:请重新运行此单元格",
  "channel.closed": "没有应答:{why}",
  "view.unknown": "此版本的 Nabla 扩展没有“{kind}”类视图。",
  "view.failed": "无法绘制此视图:{why}",
};
