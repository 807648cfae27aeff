"""nbval, nbmake, papermill, `jupyter execute` and nbconvert run the notebooks of a folder with the kernel that these name."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import nbformat

# nbmake, papermill and the others run what is in these; nbval runs all but one.
SOME = ["05-cycles.ipynb", "12-finalizers.ipynb"]
# nbval keeps no history, which is what this page is about: `jupyter execute` runs it.
ABOUT_HISTORY = "16-notebook.ipynb"


def run(folder, module, *arguments):
    """A tool at work in a folder."""
    command = [sys.executable, "-m", module] if module != "jupyter-execute" else [pathlib.Path(sys.executable).parent / module]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "IPYTHONDIR": str(folder), "JUPYTER_CONFIG_DIR": str(folder),
                   "JUPYTER_RUNTIME_DIR": str(folder), "JUPYTER_DATA_DIR": str(folder)}
    return subprocess.Popen([*map(str, command), *map(str, arguments)], cwd=folder, env=environment, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True)


def outputs(file):
    """What the cells of a notebook gave, but for the way their streams were cut."""
    def plain(output):
        return output.get("name", output.output_type), output.get("text") or output.get("data", {}).get("text/plain") or output.get("ename")
    def joined(found):
        whole = []
        for kind, text in found:
            if whole and kind in ("stdout", "stderr") and whole[-1][0] == kind:
                whole[-1] = kind, whole[-1][1] + text
            else:
                whole.append((kind, text))
        return whole
    return [joined(map(plain, cell.outputs)) for cell in nbformat.read(file, 4).cells if cell.cell_type == "code"]


def main():
    notebooks = sorted(file for file in pathlib.Path(sys.argv[1]).glob("*.ipynb") if not file.name.endswith(".rust.ipynb"))
    assert len(notebooks) >= 15, notebooks
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name in ("all", "executed", "converted", "parameters", "made"):
            (folder / name).mkdir()
        for file in notebooks:
            shutil.copy(file, folder / "all")
        for file in SOME:
            for name in ("executed", "made"):
                shutil.copy(folder / "all" / file, folder / name)
        shutil.copy(folder / "all" / ABOUT_HISTORY, folder / "executed")
        some = [folder / "all" / file for file in SOME]
        halves = [sorted(file for file in (folder / "all").glob("*.ipynb") if file.name != ABOUT_HISTORY)[i::2] for i in range(2)]
        running = {
            **{"nbval %d" % i: run(folder, "pytest", "-q", "-p", "no:cacheprovider", "--nbval", *half) for i, half in enumerate(halves)},
            "nbmake": run(folder / "made", "pytest", "-q", "-p", "no:cacheprovider", "--nbmake", *SOME),
            "jupyter execute": run(folder / "executed", "jupyter-execute", "--inplace", *SOME, ABOUT_HISTORY),
            "nbconvert": run(folder, "nbconvert", "--execute", "--to", "notebook", "--output-dir", folder / "converted", *some),
            **{"papermill " + file.name: run(folder, "papermill", file, folder / "parameters" / file.name) for file in some},
        }
        for name, process in running.items():
            told, _ = process.communicate(timeout=600)
            assert process.returncode == 0, "%s: %s" % (name, told)
        for file in [*SOME, ABOUT_HISTORY]:
            wanted = outputs(folder / "all" / file)
            for name in ["executed"] if file == ABOUT_HISTORY else ["executed", "converted", "parameters"]:
                got = outputs(folder / name / file)
                assert got[-len(wanted):] == wanted, (name, file, got, wanted)


main()
