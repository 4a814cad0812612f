using Ttm.Rtc.Srtp;

namespace Ttm.Rtc.Dtls;

/// <summary>A piece of the work of an <see cref="OffloadedDtls"/>: run it once, on any thread, and give it back.</summary>
public sealed class DtlsWork
{
    private readonly DtlsTransport _dtls;
    private readonly bool _start;
    private readonly bool _tick;
    private readonly List<byte[]> _datagrams;
    private readonly bool _wantsKeys;
    private readonly Instant _now;

    internal DtlsWork(DtlsTransport dtls, bool start, bool tick, List<byte[]> datagrams, bool wantsKeys, Instant now)
    {
        _dtls = dtls;
        _start = start;
        _tick = tick;
        _datagrams = datagrams;
        _wantsKeys = wantsKeys;
        _now = now;
    }

    /// <summary>A bug that <see cref="Run"/> met.</summary>
    public Exception? Fault { get; private set; }

    internal DropReason Reason { get; private set; }

    internal SrtpContext? Inbound { get; private set; }

    internal SrtpContext? Outbound { get; private set; }

    /// <summary>Never throws: the fault is the session's matter.</summary>
    public void Run()
    {
        try
        {
            RunCore();
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            Fault = fault;
        }
    }

    private void RunCore()
    {
        if (_start)
            _dtls.Start(_now);
        foreach (byte[] datagram in _datagrams)
        {
            var reason = _dtls.Receive(datagram, _now);
            if (reason != DropReason.None)
                Reason = reason;
        }

        if (_tick)
            _dtls.Tick(_now);
        if (_wantsKeys && _dtls.TryCreateSrtp(out var inbound, out var outbound))
            (Inbound, Outbound) = (inbound, outbound);
    }
}
