namespace Ttm.Load.Clients;

/// <summary>Where there is no epoll: every client may have something, every millisecond.</summary>
internal sealed class ScanReadiness : IReadiness
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(1);

    private readonly List<IPolled> _clients = [];
    private readonly ManualResetEventSlim _wake = new();

    public void Add(IPolled client) => _clients.Add(client);

    public void Remove(IPolled client) => _clients.Remove(client);

    public int Wait(TimeSpan timeout)
    {
        if (timeout > TimeSpan.Zero && _wake.Wait(timeout < Interval ? timeout : Interval))
            _wake.Reset();
        return _clients.Count;
    }

    public IPolled GetReady(int index) => _clients[index];

    public void Wake() => _wake.Set();

    public void Dispose() => _wake.Dispose();
}
