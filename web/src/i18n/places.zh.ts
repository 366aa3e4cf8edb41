export default {
  places: {
    place: "地点", none: "这里还没有测量数据", nothing: "这段时间没有读数", expected: "预计，含 80% 区间", byHour: "逐日逐时",
    text: { people: "哪里有多少人、过去怎样、接下来怎样。没有计数器的地方是估计值，附区间。", air: "楼宇与楼层的空气与舒适度，按面积平均。" },
    flow: { title: "进出人次", in: "进", out: "出", net: "净增", day: "日期", entrance: "出入口", none: "这里的门没有客流计数器", gates: "整个园区按大门计；各楼的门列在下面，不重复计入。" },
    span: { day: "24 小时", week: "7 天", month: "28 天" },
    quantity: { people: "人数", temperature: "温度", humidity: "湿度", co2: "二氧化碳", pm25: "PM2.5", comfort: "舒适度（PMV）", noise: "噪声", power: "功率" },
  },
  screen: {
    leave: "返回控制台", broken: "连接中断，正在重试", none: "正在等待数据", byBuilding: "各楼人数",
    day: { people: "人数（最近 24 小时）", power: "功率（最近 24 小时）" },
    tile: { people: "园区人数", power: "实时功率", energy_today: "今日用电", temperature: "室内温度", co2: "室内二氧化碳", parking_free: "空余车位", devices_on: "运行设备", devices_fault: "故障设备" },
  },
};
