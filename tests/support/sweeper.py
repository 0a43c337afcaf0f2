"""One process that imports the house once and then forks a round of the watch at every command,
killed with -9 at the Nth step if asked.

Commands on standard input, one JSON list a line: each item is {"config", "kill"}; all items of a
line run at the same time, each in a
process of its own. With "act": "post" only the letters for the watched folder are carried, and what
is done to files there counts as a step
too; "most" is the largest file it may write, in bytes. The answer is a JSON list: for each item its
exit status and how many steps it had
begun (statements and commits).
"""

import json
import os
import resource
import signal
import sys
import threading
from pathlib import Path

from sqlalchemy import event


def child(item, out):
    """Go round once in this process; die at the statement that was asked for."""
    from amhk.desk.house import rounds
    from amhk.desk.letters import carrier
    from amhk.office import open_office

    if most := item.get("most"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    office = open_office(Path(item["config"]), proof=False)
    count = 0

    def counted(*_):
        nonlocal count
        count += 1
        os.write(out, b".")
        if count == item["kill"]:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(office.store.engine, "before_cursor_execute", counted)
    event.listen(office.store.engine, "commit", counted)
    if item.get("act") == "post":
        files = ("os.mkdir", "os.rename", "os.rmdir", "os.remove", "open")
        sys.addaudithook(
            lambda name, told: counted() if name in files and ".werk" in str(told[0]) else None
        )
        carrier.carry(office)
    else:
        rounds.go_round(office)
    office.close()


def run(items):
    """Fork every item at once and wait for all of them."""
    pids, pipes = [], []
    for item in items:
        reading, writing = os.pipe()
        if not (pid := os.fork()):
            os.close(reading)
            status = 1
            try:
                child(item, writing)
                status = 0
            finally:
                os._exit(status)
        os.close(writing)
        pids.append(pid)
        pipes.append(reading)
    counts = [0] * len(pipes)

    def drain(n):
        while data := os.read(pipes[n], 4096):
            counts[n] += len(data)

    threads = [threading.Thread(target=drain, args=(n,)) for n in range(len(pipes))]
    for t in threads:
        t.start()
    statuses = [os.waitpid(pid, 0)[1] for pid in pids]
    for t in threads:
        t.join()
    for pipe in pipes:
        os.close(pipe)
    return [
        {"status": os.waitstatus_to_exitcode(s), "statements": n}
        for s, n in zip(statuses, counts, strict=True)
    ]


def main():
    """Answer commands until the input ends."""
    import psycopg

    import amhk.desk.house.rounds
    import amhk.office
    import amhk.store.database.engine

    assert all((psycopg, amhk.desk.house.rounds, amhk.store.database.engine))
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
