export default {
  reservations: {
    text: "会议室等房间的预订：点击空白处预订，点击自己的预订可改或取消；任何时间一间房只属于一个预订。", zone: "时间均为园区时间（{zone}），园区现在 {time}；您的设备在另一时区。", calendar: "下载我 90 天内的预订到日历（.ics）", roomCalendar: "下载此房间之后 90 天的预订（.ics）", day: "日视图", mine: "我的预订", use: "使用情况",
    find: "按名称查找房间", least: "至少容纳", count: "显示 {shown} / {all} 间", clickToReserve: "预订{room}",
    date: "日期", change: "更改", by: "{who} 的预订", time: "时间", people: "人数", what: "名称", private: "只有您和物业能看到", reserve: "预订", room: "房间", none: "您没有预订", cancel: "取消预订", cancelSure: "取消这个预订？",
    weekUnseen: "最近 7 天开放时间：预订 {booked}，实际有人 {occupied}；没有哪次预订有传感器看到，不知道多少次没人来。",
    week: "最近 7 天开放时间：预订 {booked}，实际有人 {occupied}；{watched} 次预订中 {absent} 次没人来。", booked: "预订", occupied: "实际有人", absent: "没人来",
    tables: { title: "用自己的表格计算", text: "CSV、Excel 或 Parquet，第一行是列名；至少给出预订表或人数表。有错的单元格会逐个指出，表格不会保存。", bookings: "预订表", counts: "人数表", spaces: "空间表", bookingsColumns: "空间、开始、结束（可有人数）", countsColumns: "空间、开始、人数（或是、否）", spacesColumns: "空间、座位（可有楼宇、楼层、每小时成本）；不给则为园区的房间", stored: "改回园区数据", toldUnseen: "{from} 至 {to} 的开放时间：预订 {booked}，实际有人 {occupied}；没有哪次预订有人数，不知道多少次没人来。", told: "{from} 至 {to} 的开放时间：预订 {booked}，实际有人 {occupied}；{watched} 次预订中 {absent} 次没人来。" },
    shortage: { title: "订不到房间的概率", text: "这几天最忙的一小时，按房间数量（爱尔朗 B 公式）：房间更少时概率仍接近 0，说明可以省下几间。", rooms: "房间数", short: "其他数量", today: "现有 {n} 间" },
    sizes: { title: "多少才够", rooms: "会议室", desks: "工位", toilets: "卫生间隔间", parking: "车位", lifts: "电梯", place: "楼宇或楼层（不选为全园）", people: "人数", presence: "到岗率（%）", perHour: "每小时次数", cars: "最忙一小时来车", stay: "每次分钟数", parked: "停车分钟数", wait: "最多等待（分钟）", number: "现有数量", auto: "按已知数据", show: "计算", chance: "不够用的概率", count: "数量", accepted: "可接受的概率（%）", enough: "{n} 个即可：概率不超过 {share}。", now: "现有 {n} 个：{share}。", notEnough: "图中数量都不够（概率均超过 {share}）。", seats: "座位", meetings: "会议", there: "现有", atOnce: "按已订需要", advised: "建议", shortNow: "现在不够的概率", ofSize: "{n} 座及以上的房间", today: "现有 {n} 个" },
  },
};
