"""Says hello. What it writes to $POLDER_OUTPUT, later steps can use."""

import argparse
import os

parser = argparse.ArgumentParser()
parser.add_argument("--name", required=True)
parser.add_argument("--date", required=True)
arguments = parser.parse_args()

greeting = f"Hello {arguments.name}, this is {arguments.date}"
print(greeting)

with open(os.environ["POLDER_OUTPUT"], "a") as output:
    output.write(f"letters={len(greeting)}\n")
