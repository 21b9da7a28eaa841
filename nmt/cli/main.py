"""``nmt``: the commands, and what becomes of their failures.

stdout is data, stderr everything else. Exit 0 done; 1 a run, file or check failed; 2 the command line or a config is
wrong; 3 another process of the same training failed, and said why; 130, 141 and 143 stopped by a signal. The last line
of a failure is ``nmt: error: place: what (hint)``.
"""

import os
import signal
import sys
import traceback
from typing import Annotated

import typer

from nmt import __version__
from nmt.cli import (
    align,
    attend,
    average,
    compare,
    config,
    doctor,
    evaluate,
    info,
    quickstart,
    tokenizer,
    train,
    translate,
)
from nmt.cli.streams import settle_streams
from nmt.errors import ConfigErrors, Followed, NmtError
from nmt.machine import out_of_memory, settle

HELP = """Neural machine translation: from raw parallel text to an honest BLEU.

Examples:

  nmt quickstart                                    everything, once

  nmt train configs/quickstart-rnn.yaml             run it again to resume

  echo "I love music." | nmt translate runs/quickstart-rnn

  nmt evaluate runs/quickstart-rnn --test-set test  BLEU and signature

  nmt attend runs/quickstart-rnn "I love music."    where the model looked
"""

app = typer.Typer(
    help=HELP,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("quickstart")(quickstart.quickstart)
app.command("train")(train.train)
app.command("translate")(translate.translate)
app.command("evaluate")(evaluate.evaluate)
app.command("compare")(compare.compare)
app.command("attend")(attend.attend)
app.command("align")(align.align)
app.command("average")(average.average)
app.command("info")(info.info)
app.command("doctor")(doctor.doctor)
app.add_typer(tokenizer.app, name="tokenizer")
app.add_typer(config.app, name="config")


def _version(asked: bool) -> None:
    if asked:
        print(f"nmt {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of a failure.")] = False,
) -> None:
    """Options of every command."""
    if debug:
        os.environ["NMT_DEBUG"] = "1"


def main() -> None:
    """The program: runs a command and turns every failure into a line and an exit code."""
    settle()
    settle_streams()
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Runs one command line; returns its exit code."""
    try:
        code = app(arguments or ["--help"], prog_name="nmt", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except ConfigErrors as error:
        print(*error.problems, sep="\n", file=sys.stderr)
        return _failed(error, error.exit_code)
    except Followed as error:
        return error.exit_code
    except NmtError as error:
        return _failed(error, error.exit_code)
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        hint = f"see {context.command_path if context else 'nmt'} --help"
        return _failed(error, 2, text=f"command line: {error.format_message().rstrip('.')}", hint=hint)
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except (
        BrokenPipeError,
        SystemExit,
    ):  # the reader has gone, of which typer makes an exit: silently, as pipes go
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except OSError as error:
        return _failed(
            error, 1, text=f"{error.filename or 'system'}: {(error.strerror or str(error)).lower()}"
        )
    except Exception as error:
        if out_of_memory(error):
            return _failed(
                error, 1, text="machine: out of memory", hint="smaller batch_tokens, or shorter lines"
            )
        # a fault of ours: still one line, and the way to see more
        what = f"{type(error).__name__}: {error}".split("\n")[0]
        return _failed(
            error, 1, text=f"internal: {what}", hint="please report it, with what nmt --debug prints"
        )


def _failed(error: Exception, code: int, *, text: str = "", hint: str = "") -> int:
    if os.environ.get("NMT_DEBUG"):
        traceback.print_exception(error)
    print(f"nmt: error: {text or error}" + (f" ({hint})" if hint else ""), file=sys.stderr)
    return code
