"""The suite `jupyter_kernel_test` with a sample for every one of its tests, against the installed kernel `heapbook`.

    python official.py [SUMMARY.json]

Ends with 1 when a test fails or is left out.
"""

import json
import sys
import unittest

import jupyter_kernel_test


class KernelTests(jupyter_kernel_test.KernelTests):
    kernel_name = "heapbook"
    language_name = "python"
    file_extension = ".py"
    code_hello_world = "print('hello, world')"
    code_stderr = "import sys; print('test', file=sys.stderr)"
    completion_samples = [{"text": "zi", "matches": ["zip"]}]
    complete_code_samples = ["1", "print('hello, world')", "def f(x):\n  return x*2\n\n\n"]
    incomplete_code_samples = ["print('''hello", "def f(x):\n  x*2", "for i in (1,2,"]
    invalid_code_samples = ["import = 7q", "1 +* 2"]
    code_page_something = "zip?"
    code_generate_error = "raise ValueError('deliberate')"
    code_execute_result = [{"code": "1+2+3", "result": "6"}, {"code": "x = 1; x", "result": "1"}, {"code": "'a' * 3", "result": "'aaa'"}]
    code_display_data = [
        {"code": "from IPython.display import HTML, display; display(HTML('<b>test</b>'))", "mime": "text/html"},
        {"code": "display({'application/json': {'a': 1}}, raw=True)", "mime": "application/json"},
    ]
    code_history_pattern = "1?2*"
    supported_history_operations = ["tail", "range", "search"]
    code_inspect_sample = "zip"
    code_clear_output = "from IPython.display import clear_output; clear_output()"


class WelcomeTests(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "heapbook"
    support_iopub_welcome = True


def main():
    suite = unittest.TestSuite(unittest.defaultTestLoader.loadTestsFromTestCase(case) for case in (KernelTests, WelcomeTests))
    result = unittest.TextTestRunner().run(suite)
    failed = len(result.failures) + len(result.errors)
    skipped = len(result.skipped)
    if len(sys.argv) > 1:
        with open(sys.argv[1], "w") as f:
            json.dump({"kernel": "heapbook", "run": result.testsRun, "passed": result.testsRun - failed - skipped, "failed": failed, "skipped": skipped}, f)
    sys.exit(failed + skipped > 0 or result.testsRun < 13)


main()
