"""A real calendar program on an address of the house."""

import os
import subprocess


def calendar_program(home, href, day, verify=None):
    """Let vdirsyncer fetch the address (of a server with this certificate) and khal show a day.

    The words on its screen.
    """
    trust = f'verify = "{verify}"\n' if verify else ""
    (home / "vdirsyncer").write_text(
        f'[general]\nstatus_path = "{home}/status/"\n[pair amhk]\na = "here"\nb ='
        ' "there"\ncollections = null\nconflict_resolution = "b wins"\n[storage here]\ntype ='
        f' "filesystem"\npath = "{home}/cal/"\nfileext = ".ics"\n[storage there]\ntype ='
        f' "http"\nurl = "{href}"\n{trust}',
        encoding="utf-8",
    )
    (home / "khal").write_text(
        f"[calendars]\n[[amhk]]\npath = {home}/cal\n[locale]\ntimeformat = %H:%M\ndateformat ="
        " %Y-%m-%d\nlongdateformat = %Y-%m-%d\ndatetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat"
        f" = %Y-%m-%d %H:%M\n[sqlite]\npath = {home}/khal.db\n",
        encoding="utf-8",
    )
    (home / "cal").mkdir(exist_ok=True)
    env = {
        **os.environ,
        "VDIRSYNCER_CONFIG": str(home / "vdirsyncer"),
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
    }
    env.pop("PYTHONPATH", None)
    for words in (["vdirsyncer", "discover", "amhk"], ["vdirsyncer", "sync"]):
        done = subprocess.run(
            words, env=env, input="y\n" * 5, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    done = subprocess.run(
        ["khal", "-c", str(home / "khal"), "list", day, "1d"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
