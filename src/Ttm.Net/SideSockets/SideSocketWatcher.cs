namespace Ttm.Net.SideSockets;

/// <summary>Tells from any thread which sockets can be read. It reads nothing: that is the loop's.</summary>
internal abstract class SideSocketWatcher : IDisposable
{
    public abstract SideSocket Open(bool isIPv4, ushort port, in SideSocketIdentity identity);

    public abstract void Watch(SideSocket socket);

    /// <summary>After the loop has emptied it.</summary>
    public abstract void WatchAgain(SideSocket socket);

    public abstract void Forget(SideSocket socket);

    public abstract void Dispose();
}

/// <summary>What a socket is given when it is opened.</summary>
internal readonly record struct SideSocketIdentity(SideSockets Owner, ulong Id, Rtc.TransportAddress Tag);
