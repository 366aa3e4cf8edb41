export default {
  devices: {
    text: "哪些在运行、设定是多少、哪里有故障；运营人员可以在这里控制设备。", list: "设备", log: "控制记录", find: "名称、地点、类型……", anyKind: "所有类型", chosen: "已选 {n} 台", all: "全选当前列表", none: "没有登记设备", device: "设备", place: "地点", state: "状态", setpoint: "设定", at: "最近读数",
    confirm: "控制设备", go: "确认执行", done: "已完成", partly: "有 {n} 项没有完成", old: "现在", new: "改为", leftOut: "不会执行的 {n} 项", lock: "锁定", unlock: "解锁", locked: "已锁定的设备", waiting: "等待执行（到时或无人后）", atTime: "{time} 执行", repeated: "重复执行，下次 {time}", onceEmpty: "等{place}没人后", until: "最晚 {time}", notDone: "已终止、未执行的指令", giveUp: "取消",
    when: "时间", who: "谁", change: "改动", answer: "结果", noWrites: "还没有控制过设备",
    condition: { on: "开", off: "关", fault: "故障", heard: "有读数", unknown: "无读数" },
    action: { on: "打开", off: "关闭", set: "设定", scene: "场景" },
    write: { pending: "已发送", acknowledged: "完成", refused: "被拒绝", failed: "失败", unknown: "没有回应" },
    kind: { lighting: "照明", hvac: "空调", ventilation: "通风", plant: "冷热源", shading: "遮阳", screens: "屏幕", sockets: "插座", charging: "充电桩" },
    brick: { Sensor_Equipment: "传感器", Occupancy_Sensor_Equipment: "人员存在传感器", Smoke_Detector: "烟感", Surveillance_Camera: "摄像机", Access_Reader: "门禁读卡器", Electrical_Meter: "电表", UPS: "不间断电源", Wireless_Access_Point: "无线接入点", Entry_Exit_Counter: "进出计数器", CO_Sensor_Equipment: "一氧化碳探测器", Elevator: "电梯", People_Counter: "人数计数器", Building_Electrical_Meter: "建筑总电表", Building_Water_Meter: "建筑总水表", Building_Gas_Meter: "建筑总燃气表", Water_Meter: "水表", Gas_Meter: "燃气表", PV_Array: "光伏阵列", Parking_Guidance_System: "车位引导", Leak_Detector: "漏水探测器", Escalator: "自动扶梯", Transformer: "变压器", Vehicle_Counter: "车辆计数器", Weather_Station: "气象站" },
    attribute: { temperature: "温度", humidity: "湿度", brightness: "亮度", speed: "转速", position: "开度", flow: "流量", pressure: "压力", co2: "二氧化碳", mode: "模式" },
  },
};
