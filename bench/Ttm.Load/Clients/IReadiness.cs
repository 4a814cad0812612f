namespace Ttm.Load.Clients;

/// <summary>Tells a <see cref="ClientLoop"/> which of its clients have something to receive.</summary>
internal interface IReadiness : IDisposable
{
    void Add(IPolled client);

    void Remove(IPolled client);

    /// <summary>Waits for a datagram, a <see cref="Wake"/> or the time-out. Returns how many clients may have something.</summary>
    int Wait(TimeSpan timeout);

    /// <summary>One of those the last <see cref="Wait"/> counted.</summary>
    IPolled GetReady(int index);

    /// <summary>Ends a wait, from any thread.</summary>
    void Wake();
}
