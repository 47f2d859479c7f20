#!/usr/bin/env bash
# FFmpeg 5.1.9 decodes a tiled TIFF to a black picture, with exit code 0 and without a line at the level of errors. A TIFF in tiles is ordinary (section 15 of TIFF 6.0; whatever writes
# large pictures writes them), and one would expect its pixels, or an error.
#
# Seen: strips.tif, made by ffmpeg itself, has 3072 bytes of pixels of which most are not 0. tiffcp -t writes the same pixels as tiles of 16x16. libtiff
# reads them back as they were; ffmpeg gives 3072 bytes of 0 and exits with 0.
#
# Installs ffmpeg and libtiff-tools of Debian 12 in a temporary folder (amd64; needs apt's lists and dpkg) and fails where what is written above no longer holds.
set -euo pipefail

packages=(ffmpeg=7:5.1.9-0+deb12u1 libtiff-tools)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/archives/partial" "$folder/unpacked"
: >"$folder/status"
apt-get -qq -y --download-only --no-install-recommends -o Dir::State::status="$folder/status" -o Dir::Cache::archives="$folder/archives" \
  -o Debug::NoLocking=1 install "${packages[@]}" >/dev/null
for package in "$folder"/archives/*.deb; do
  dpkg -x "$package" "$folder/unpacked"
done

libraries=$(find "$folder/unpacked" -name '*.so*' -printf '%h\n' | sort -u | paste -sd:)
run() {
  "$folder/unpacked/lib64/ld-linux-x86-64.so.2" --library-path "$libraries" "$folder/unpacked/usr/bin/$1" "${@:2}"
}

run ffmpeg -version | head -n 1
cd "$folder"
run ffmpeg -nostdin -v error -f lavfi -i testsrc2=s=32x32 -frames:v 1 -pix_fmt rgb24 -compression_algo raw strips.tif
run tiffcp -t -w 16 -l 16 -c none strips.tif tiles.tif
run tiffcp -s -c none tiles.tif back.tif

# Bytes of decoded pixels, and those of them that are not 0.
count() {
  run ffmpeg -nostdin -v error -i "$1" -pix_fmt rgb24 -f rawvideo pixels.raw -y
  echo "$(wc -c <pixels.raw) $(tr -d '\0' <pixels.raw | wc -c)"
}

strips=$(count strips.tif)
back=$(count back.tif)
tiles=$(count tiles.tif)
echo "strips: $strips   tiles: $tiles   tiles, brought back to strips by libtiff: $back   (bytes of pixels, and those that are not 0)"
[ "$strips" = "$back" ] && [ "${strips% *}" = 3072 ] && [ "${strips#* }" -gt 1000 ] && [ "$tiles" = "3072 0" ]
