import asyncio, time
async def work(n, d):
    await asyncio.sleep(d); print('done', n); return n
async def main():
    print(await asyncio.gather(work(1, 0.03), work(2, 0.01)))
    async with asyncio.TaskGroup() as tg:
        a = tg.create_task(work(3, 0.02)); b = tg.create_task(work(4, 0.01))
    print(a.result(), b.result(), a.done())
    try:
        async with asyncio.timeout(0.01): await asyncio.sleep(1)
    except TimeoutError as e: print('timeout', repr(e))
    q = asyncio.Queue(maxsize=2)
    async def prod():
        for i in range(4): await q.put(i)
    async def cons():
        for i in range(4): print('got', await q.get()); q.task_done()
    await asyncio.gather(prod(), cons()); await q.join()
    lock = asyncio.Lock(); ev = asyncio.Event()
    async def waiter():
        async with lock: await ev.wait(); print('event')
    t = asyncio.create_task(waiter()); await asyncio.sleep(0); ev.set(); await t
    t = asyncio.create_task(asyncio.sleep(10)); await asyncio.sleep(0); t.cancel()
    try: await t
    except asyncio.CancelledError: print('cancelled')
    try: await asyncio.wait_for(asyncio.sleep(5), 0.01)
    except asyncio.TimeoutError: print('wait_for')
    try:
        async with asyncio.TaskGroup() as tg:
            tg.create_task(fail())
    except* ValueError as e: print(repr(e))
    sem = asyncio.Semaphore(1)
    async with sem: print(sem.locked())
    async for x in agen(): print(x)
    done, pending = await asyncio.wait([asyncio.create_task(work(9, .01))]); print(len(done), len(pending))
async def agen():
    for i in range(2): yield i; await asyncio.sleep(0)
async def fail(): raise ValueError('x')
asyncio.run(main())
