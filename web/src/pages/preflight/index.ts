// The operator's pages of the technical check, loaded when they are needed.
export { Panel } from "./Panel";
export { PrintRecord } from "./PrintRecord";
export { PrintSurvey } from "./PrintSurvey";
export { Readiness } from "./Readiness";
