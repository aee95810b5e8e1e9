"""Holds configuration files against their JSON Schema with a validator that weir has no part in.

usage: schema_test.py SCHEMA --valid FILE... --invalid FILE...

Exit codes: 0 every file is judged as said, 1 one is not, 77 the packages are missing.
"""

import json
import sys

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"SKIPPED: {missing} (Debian packages: python3-jsonschema python3-yaml)")
    sys.exit(77)


def main():
    schema_path, *arguments = sys.argv[1:]
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    wrong = 0
    expected = None
    for argument in arguments:
        if argument.startswith("--"):
            expected = argument == "--valid"
            continue
        with open(argument, encoding="utf-8") as file:
            faults = list(validator.iter_errors(yaml.safe_load(file)))
        if bool(faults) == expected:
            wrong += 1
            detail = [f"{list(one.absolute_path)}: {one.message}" for one in faults]
            print(f"{argument}: {'refused' if expected else 'accepted'} by the schema", *detail)
    return 1 if wrong else 0


sys.exit(main())
