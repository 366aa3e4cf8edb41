import type { FeatureCollection } from "geojson";
import type { Finding, Severity } from "@/client/model";

export interface FindingFilter {
  severity: Severity | "";
  rule: string;
  text: string;
}

/** Findings that fit a severity, a rule and a text in either language or the feature's id. */
export function filterFindings(findings: readonly Finding[], filter: FindingFilter): Finding[] {
  const text = filter.text.trim().toLowerCase();
  return findings.filter(
    (f) =>
      (!filter.severity || f.severity === filter.severity) &&
      (!filter.rule || f.rule === filter.rule) &&
      (!text || `${f.message.zh} ${f.message.en} ${f.feature_id ?? ""}`.toLowerCase().includes(text)),
  );
}

/** The rules that found something, the most frequent first. */
export function rulesOf(findings: readonly Finding[]): { rule: string; n: number }[] {
  const counts = new Map<string, number>();
  for (const { rule } of findings) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return [...counts].map(([rule, n]) => ({ rule, n })).sort((a, b) => b.n - a.n || a.rule.localeCompare(b.rule));
}

/** Findings as dots; those on other floors than the one shown are faint. */
export function findingFeatures(findings: readonly Finding[], shown: number | null, chosen: Finding | null): FeatureCollection {
  return {
    type: "FeatureCollection",
    features: findings.flatMap((f) =>
      f.spot
        ? [
            {
              type: "Feature" as const,
              geometry: { type: "Point" as const, coordinates: [f.spot.lon, f.spot.lat] },
              properties: {
                id: f.feature_id ?? "",
                severity: f.severity,
                chosen: f === chosen,
                here: shown === null || f.spot.ordinal === shown,
              },
            },
          ]
        : [],
    ),
  };
}
