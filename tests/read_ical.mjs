// Reads a calendar from standard input with ical.js, and writes what it says as JSON.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
const read = (component, name) => {
  const value = component.getFirstPropertyValue(name);
  return value === null ? null : typeof value === "number" ? value : value.toString();
};
const events = calendar
  .getAllSubcomponents()
  .filter(({ name }) => name === "vevent" || name === "vtodo");
const names = ["uid", "summary", "description", "dtstart", "due", "dtend", "sequence"];
names.push("dtstamp", "status", "related-to", "priority");
console.log(
  JSON.stringify(
    events.map((event) => {
      const alarm = event.getFirstSubcomponent("valarm");
      return {
        ...Object.fromEntries(names.map((name) => [name, read(event, name)])),
        trigger: alarm && read(alarm, "trigger"),
      };
    }),
  ),
);
