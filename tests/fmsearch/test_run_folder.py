"""What lies where in a run's folder."""

from fmsearch.run_folder import RunFolder

KEY = "0123456789abcdef01234567"


def test_a_person_s_file_beside_the_models_is_none_of_them(tmp_path):
    folder = RunFolder(tmp_path)
    ours, torn = folder.model(KEY), tmp_path / "models" / f".{KEY}.keras.tmp.keras"
    ours.parent.mkdir()
    for path in (ours, torn, ours.with_name("production.keras"), ours.with_name("88c2b33a.keras")):
        path.touch()
    assert sorted(folder.models()) == sorted([ours, torn])
