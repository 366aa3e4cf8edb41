export default {
  twin: {
    beside: "并排",
    title: "实时图层", off: "不显示", live: "实时", connecting: "正在连接…", broken: "正在重新连接…", choose: "地图上显示什么", alarms: "告警（{n}）",
    layer: { temperature: "温度", humidity: "湿度", co2: "CO₂", comfort: "舒适度", people: "人员", power: "功率", devices: "设备", pm25: "PM2.5", noise: "噪声", illuminance: "照度" },
    note: { temperature: "空气温度", humidity: "相对湿度", co2: "空气中的二氧化碳", comfort: "冷热感觉：−2 偏凉，0 适中，2 偏热", people: "每平方米人数", power: "每平方米用电功率", devices: "设备状态", pm25: "细颗粒物", noise: "声级", illuminance: "光照强度" },
    none: "没有传感器", silent: "传感器无数据", legend: "图例：{name}", nothingTold: "还没有读数：传感器上报之前，地图保持灰色。",
    device: { off: "关", on: "开", fault: "故障", ready: "正常" },
    span: { label: "时间", live: "实时", day: "最近 24 小时", week: "最近 7 天" },
    compare: { label: "对比", none: "不对比", day: "前一天", week: "前一周" },
    play: "播放", pause: "暂停", slider: "地图上的时间", difference: "差值",
    card: "实时数值", sparkline: "{name}，最近 24 小时", noSparkline: "最近 24 小时没有数据", noPoints: "这里没有传感器。", devices: "设备（{n}）", setpoint: "设定 {value}", noAnswer: "无数据", estimate: "{low}–{high}", part: "{n}% 的传感器", more_values: "全部数值",
    age: { seconds: "{n} 秒前", minutes: "{n} 分钟前", hours: "{n} 小时前", days: "{n} 天前" },
    quality: { 0: "正常", 1: "估计", 2: "可疑", 3: "错误", 4: "无数据" },
    quantity: {
      temperature: "温度", humidity: "湿度", co2: "CO₂", illuminance: "照度", noise: "噪声", pm25: "PM2.5", comfort: "舒适度", dissatisfied: "不满意率", people: "人数", density: "每平方米人数", power: "功率", power_density: "每平方米功率",
      energy_today: "今日用电", energy_per_m2: "每平方米今日用电", energy_per_person: "人均今日用电", parking_free: "空闲车位", devices_on: "开启的设备", devices_off: "关闭的设备", devices_fault: "故障",
    },
    source: { measured: "实测", mean: "按面积平均", sum: "合计", derived: "计算", count: "人数统计", counters: "出入口计数", wifi: "按 Wi-Fi 推算", co2: "按 CO₂ 推算", presence: "按人体传感器推算" },
  },
};
