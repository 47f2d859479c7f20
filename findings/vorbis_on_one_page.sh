#!/usr/bin/env bash
# FFmpeg 5.1.9 loses the last 128 samples of an Ogg Vorbis file whose audio lies on a single page. The same samples on several pages come out whole, and so
# does the file in oggdec: the page's granule position counts them. Nothing is told, and the exit code is 0.
#
# Seen: one second of a tone at 44.1 kHz, muxed with one page for all audio: oggdec gives 44100 samples, ffmpeg 43972. With the muxer's usual pages both
# give 44100.
#
# Installs ffmpeg and vorbis-tools of Debian 12 in a temporary folder (amd64; needs apt's lists and dpkg) and fails where what is written above no longer holds.
set -euo pipefail

packages=(ffmpeg=7:5.1.9-0+deb12u1 vorbis-tools)
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
run oggdec --version 2>&1 | head -n 1
cd "$folder"
run ffmpeg -nostdin -v error -f lavfi -i sine=d=1:r=44100 -c:a libvorbis -page_duration 100000000 one.ogg
run ffmpeg -nostdin -v error -f lavfi -i sine=d=1:r=44100 -c:a libvorbis -page_duration 100000 several.ogg

by_ffmpeg() {
  run ffmpeg -nostdin -v error -i "$1" -f s16le -c:a pcm_s16le - | wc -c | awk '{print $1 / 2}'
}
by_oggdec() {
  run oggdec -Q -R -o decoded.raw "$1"
  wc -c <decoded.raw | awk '{print $1 / 2}'
}

seen="one page: ffmpeg $(by_ffmpeg one.ogg), oggdec $(by_oggdec one.ogg); several pages: ffmpeg $(by_ffmpeg several.ogg), oggdec $(by_oggdec several.ogg)"
echo "$seen"
[ "$seen" = "one page: ffmpeg 43972, oggdec 44100; several pages: ffmpeg 44100, oggdec 44100" ]
