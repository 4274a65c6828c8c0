#!/bin/sh
# What can be known of the deployment files without deploying: `make deploy-check`.
# Needs hadolint and check-jsonschema on PATH.
set -eu
cd "$(dirname "$0")/.."

schemas=tests/deploy
hadolint Dockerfile
check-jsonschema --schemafile "$schemas/render.schema.json" render.yaml deploy/render-free.yaml
check-jsonschema --schemafile "$schemas/compose-spec.json" docker-compose.yml
check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/ci.yml
