"""The data folder of one running copy."""

from pathlib import Path

from chengtuan.apps.embedded.problems import SetupProblem


def prepare_data_folder(data: Path) -> None:
    """Makes the data folder and `logs` in it. Others may enter it, because PostgreSQL's user must."""
    try:
        if not data.exists():
            data.mkdir(parents=True)
            data.chmod(0o755)
        (data / "logs").mkdir(exist_ok=True)
        probe = data / ".writable"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        raise SetupProblem(
            f"The data folder {data} cannot be used: {error.strerror}; choose another one with DATA=…."
        ) from error
