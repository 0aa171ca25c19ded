"""Where the working data (decoded audio, checkpoints, logs) lives: never inside the repository."""

import os
from pathlib import Path


def work_dir() -> Path:
    """The working folder: $VOICEPRINT_TRAINING_DIR, or ~/.cache/n8n-nodes-voiceprint/training. Created on demand."""
    default = Path.home() / ".cache" / "n8n-nodes-voiceprint" / "training"
    folder = Path(os.environ.get("VOICEPRINT_TRAINING_DIR", default))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def data_dir(argument: str | None) -> Path:
    """The folder with the tar files and manifest.csv: `--data`, or $VOICEPRINT_SPEECH_DIR."""
    value = argument or os.environ.get("VOICEPRINT_SPEECH_DIR")
    if not value:
        raise SystemExit("Name the folder with the tar files: --data FOLDER or VOICEPRINT_SPEECH_DIR=FOLDER")
    folder = Path(value)
    if not (folder / "manifest.csv").is_file():
        raise SystemExit(f"No manifest.csv in {folder}")
    return folder


MODELS_DIR = Path(__file__).resolve().parents[2] / "models"
"""The repository's folder for what is shipped: graph, calibration, model card."""
