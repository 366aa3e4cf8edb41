export default {
  datasets: {
    upload: "上传数据集", send: "上传", none: "还没有数据集，上传一份例句即可开始", name: "名称", examples: "例句", names: "标签 / 片段类型", version: "版本", uploaded: "上传", label: "标注", added: "已上传 {n} 条例句",
    removed: "已删除“{name}”", removeSure: "确定删除“{name}”及其全部标注吗？删除后无法恢复。", drop: "把文件拖到这里，或点击选择", formats: "YAML、JSONL（含 MASSIVE）、Rasa、CSV、Excel；BIO 请同时选 seq.in、seq.out、label",
    reviewers: "每条由几人标注", licence: "许可与来源", allOrNothing: "要么全部上传，要么完全不动；有错的行会逐一列出。", line: "{n} 条 · 版本 {version} · {who} 于 {when} 上传", exportUploaded: "导出：上传时的标注", exportFinal: "导出：最终标注",
    statistics: "统计", findings: "清洗结果", leaks: "泄漏检查", agreement: "一致性与裁定", clean: "没有发现问题", where: "位置", kind: "类型", more: "另有 {n} 项未列出", leaksText: "与另一个数据集对比：用于测试的例句不应出现在训练数据里。", noOther: "没有其他数据集可比",
    against: "选择训练数据集", noLeaks: "没有泄漏", here: "本数据集", there: "训练数据集",
    format: { auto: "自动识别", yaml: "YAML 标注", jsonl: "JSONL / MASSIVE", rasa: "Rasa", csv: "CSV", excel: "Excel" },
  },
  statistic: { count: "例句", labels: "标签", types: "片段类型", spans: "每句片段数", words: "不同词数", length: "长度（字符）", languages: "语言", imbalance: "最大类与最小类之比", evenness: "均匀度", contexts: "带上文", augmented: "增广所得", conditions: "条件" },
  dataFinding: { empty: "没有文字", damaged: "乱码", control: "控制字符", too_long: "过长", span_edges: "片段首尾", duplicate: "重复", label_conflict: "标签不一", span_conflict: "片段不一", rare_label: "样本过少" },
  leak: { exact: "完全相同", normalised: "写法不同", derived: "增广所得", near: "相近" },
  labelState: { open: "未完成", agreed: "一致", disputed: "有分歧", decided: "已裁定" },
  labelling: {
    of: "标注 {name}", back: "返回数据集", progress: "标注进度", done: "已标 {mine} 条，还剩 {left} 条", number: "第 {n} 条，共 {total} 条", saved: "我已标注", byWord: "按词", byCharacter: "按字", context: "上文：", board: "待标注的文字",
    types: "片段类型（先选中文字）", typeOfSelection: "选中文字的类型", label: "标签", all: "全部 {n} 个", noNames: "没有可选项", noName: "没有匹配的名称", search: "输入名称筛选", previous: "上一条", skip: "跳过", undo: "撤销", unmark: "删除片段", saveNext: "保存并继续",
    allDone: "全部标完", allDoneText: "没有等待您标注的例句了。", reviewers: "标注人", both: "共同标注", kappa: "科恩 Kappa：扣除偶然后的标签一致程度，最大为 1", sameLabel: "标签一致", spanF1: "片段 F1", exact: "完全一致", noPairs: "还没有两人都标过的例句（每条需 {n} 人）。",
    take: "采用", correct: "修改后采用", adjudicate: "裁定", decided: "已裁定", finalBy: "最终结果（{name}）", keys: "按键说明",
    empty: { disputed: "没有分歧", decided: "还没有裁定", agreed: "还没有一致的例句" },
    key: { move: "移动光标", select: "选中文字", choose: "选类型（有选中）或标签", grain: "按词 / 按字", unmark: "删除片段", undo: "撤销", page: "上一条 / 跳过", save: "保存并继续" },
  },
  runs: {
    text: "只读；勾选几次训练即可对比", textFolder: "只读，来自 {folder}；勾选几次训练即可对比", none: "这个文件夹里还没有训练记录。用 yuanli learn train -o 写到这里。", run: "训练", base: "底座与方法", seed: "种子", time: "用时", steps: "{n} 步", scores: "得分", score: "指标", made: "数据与代码", curves: "训练曲线", step: "步数", noCurve: "没有曲线",
    noScores: "没有得分", difference: "{second} − {first}", interval: "95% 区间 {low} 至 {high}", pairedText: "差值的区间与 p 值由同一测试集上的成对近似随机化检验得出。", sameData: "两次训练的数据相同。", otherData: "两次训练的数据不同。", recipe: "配方", knob: "参数", environment: "环境与数据量（训练 / 开发 / 测试）",
    state: { done: "完成", unfinished: "未完成", broken: "已损坏" },
    measure: { loss: "损失", learning_rate: "学习率", grad_norm: "梯度范数", eval_score: "开发集综合得分", eval_label: "开发集标签准确率", eval_spans: "开发集片段 F1", eval_exact: "开发集完全正确", eval_macro_f1: "开发集宏 F1" },
  },
};
