# unittest and doctest, as they are.
import doctest, io, re, sys, unittest
from unittest import mock

class T(unittest.TestCase):
    def setUp(self):
        self.x = [1]
    def test_equal(self):
        self.assertEqual(self.x, [1])
    def test_raises(self):
        with self.assertRaisesRegex(ValueError, "invalid"):
            int("x")
    def test_mock(self):
        m = mock.Mock(return_value=3)
        self.assertEqual(m(1), 3)
        m.assert_called_once_with(1)
        with mock.patch("os.getcwd", return_value="/here"):
            import os
            self.assertEqual(os.getcwd(), "/here")
    @unittest.skip("no")
    def test_skipped(self):
        pass
    @unittest.expectedFailure
    def test_expected(self):
        self.fail()
    def test_sub(self):
        for i in range(2):
            with self.subTest(i=i):
                self.assertLess(i, 1)
    def test_lists(self):
        self.assertEqual([1, 2], [1, 3])

class Later(unittest.IsolatedAsyncioTestCase):
    async def test_later(self):
        self.assertTrue(True)

out = io.StringIO()
suite = unittest.TestSuite(unittest.defaultTestLoader.loadTestsFromTestCase(case) for case in (T, Later))
result = unittest.TextTestRunner(out, verbosity=2).run(suite)
text = re.sub(r"in [\d.]+s", "in 0s", out.getvalue())
# Without the source lines, since a program may have no file.
text = re.sub(r"(?m)^    .*\n", "", text)
print(re.sub(r'File ".*test_runs.py"', 'File "test_runs.py"', text))
print(result)

def f(x):
    """
    >>> f(1)
    2
    >>> f("a")
    Traceback (most recent call last):
    ...
    TypeError: can only concatenate str (not "int") to str
    >>> print(f(5))     # doctest: +ELLIPSIS
    ...
    >>> f(5)
    7
    """
    return x + 1

runner = doctest.DocTestRunner()
for test in doctest.DocTestFinder().find(f, "f", globs={"f": f}):
    test.filename, test.lineno = "test_runs.py", None
    print(runner.run(test))
