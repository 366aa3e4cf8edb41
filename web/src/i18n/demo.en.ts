/** The demo park. */
export default {
  demo: {
    simulated: "Simulated data",
    simulatedWhy: "The people, meters and sensors of the demo park are invented: a simulator makes its readings.",
  },
};
