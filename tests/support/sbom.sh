# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# For tests of lists of linked libraries in CycloneDX's form, as deploy/sbom makes them. Needs jq,
# and cases.sh before it.

# sbom_is_well_formed FILE VERSION: what CycloneDX 1.5 asks of such a list: each component is named
# once, says what and which version it is, and can be reached from the exporter.
sbom_is_well_formed() {
  jq -e --arg version "$2" '
    def text: type == "string" and length > 0;
    ([.components[]."bom-ref"] + [.metadata.component."bom-ref"]) as $refs
    | (.dependencies | map({(.ref): .dependsOn}) | add) as $needs
    | def reached: . as $have | ((. + [.[] | $needs[.][]]) | unique) | if . == $have then . else reached end;
    .bomFormat == "CycloneDX" and .specVersion == "1.5" and .version == 1
    and .metadata.component.type == "application" and .metadata.component.version == $version
    and (.components | length > 0)
    and all(.components[]; .type == "library" and (.name | text) and (.version | text)
      and (.purl | test("^pkg:deb/[a-z]+/[a-z0-9.%A-F-]+@[A-Za-z0-9._~%-]+[?]arch=[a-z0-9]+"))
      and all(.properties[]; (.name | text) and (.value | text)))
    and ($refs | length == (unique | length))
    and ([.dependencies[].ref] | sort) == ($refs | sort)
    and all(.dependencies[].dependsOn[]; . as $each | any($refs[]; . == $each))
    and ([.metadata.component."bom-ref"] | reached) == ($refs | sort)
    ' "$1" >/dev/null || fail "$1 is not well-formed: $(head -c 2000 "$1")"
}

# sbom_has FILE dynamic|static NAME
sbom_has() {
  jq -e --arg how "$2" --arg name "$3" 'any(.components[];
    any(.properties[]; . == {name: "packetdrop:linked", value: $how})
    and any(.properties[]; . == {name: "packetdrop:file", value: $name}))' "$1" >/dev/null || fail "$3, linked $2, is not in $1"
}

# sbom_has_what_is_loaded FILE PROGRAM
sbom_has_what_is_loaded() {
  local library
  while read -r library; do
    sbom_has "$1" dynamic "$library"
  done < <(readelf --dynamic "$2" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | grep .)
}
