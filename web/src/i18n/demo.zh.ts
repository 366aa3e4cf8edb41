/** The demo park. */
export default {
  demo: {
    simulated: "模拟数据",
    simulatedWhy: "示范园区的人、仪表和传感器都是虚构的，读数由模拟器生成。",
  },
};
