#!/usr/bin/env bash
# Makes the sample recordings of this folder: speech by the synthesiser Flite, pauses, room noise, two channels.
# Needs (Debian): apt-get install flite sox ffmpeg
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# say NAME VOICE SECONDS_BEFORE TEXT: one utterance after a pause; the pause is exact, so the truth is known.
say() {
	flite -voice "$2" -t "$4" -o "$work/raw.wav"
	sox "$work/raw.wav" -r 16000 -c 1 "$work/$1.wav" silence 1 0.005 0.5% reverse silence 1 0.005 0.5% reverse \
		norm -7 pad "$3" 0
}

# A call: the desk on channel 0, the caller on channel 1; nobody talks over the other but once (at the end).
say a1 slt 1.0 "Good morning, this is the night desk. How can I help you?"
say b1 rms 4.9 "Hello. I would like to change the delivery address of my order, please."
say a2 slt 6.0 "Of course. Could you tell me the number of the order?"
say b2 rms 3.9 "Yes. It is four, seven, one, one, nine."
say a3 slt 4.6 "Thank you. I have changed it. Is there anything else?"
say b3 rms 3.6 "No, that is all. Thank you very much, and good bye."

sox "$work/a1.wav" "$work/a2.wav" "$work/a3.wav" "$work/desk.wav" pad 0 4
sox "$work/b1.wav" "$work/b2.wav" "$work/b3.wav" "$work/caller.wav" pad 0 1.5
length=$(soxi -D "$work/caller.wav")
noise() { sox -R -n -r 16000 -c 1 "$work/$1" synth "$length" brownnoise vol "$2"; }
noise n0.wav 0.004
noise n1.wav 0.012
sox -R -m -v 1 "$work/desk.wav" -v 1 "$work/n0.wav" "$work/left.wav" trim 0 "$length"
sox -R -m -v 0.7 "$work/caller.wav" -v 1 "$work/n1.wav" "$work/right.wav" trim 0 "$length"
sox -R -M "$work/left.wav" "$work/right.wav" "$work/call.wav"
ffmpeg -v error -y -i "$work/call.wav" -c:a libopus -b:a 48k -bitexact call.ogg

# The same caller over the telephone: 8 kHz, mu-law, 300 to 3400 Hz.
sox -R "$work/right.wav" -r 8000 -e mu-law "$work/phone.wav" sinc 300-3400
ffmpeg -v error -y -i "$work/phone.wav" -c:a pcm_mulaw -bitexact telephone.wav

for channel in desk caller; do
	echo "$channel:"
	ffmpeg -hide_banner -i "$work/$channel.wav" -af silencedetect=noise=-45dB:d=0.3 -f null - 2>&1 | grep -o 'silence_[a-z]*: [0-9.]*'
done
