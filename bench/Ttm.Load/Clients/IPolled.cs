using Ttm.Net;
using Ttm.Rtc;

namespace Ttm.Load.Clients;

/// <summary>The owner of a socket that a <see cref="ClientLoop"/> watches.</summary>
internal interface IPolled : ITimed
{
    IDatagramSocket Socket { get; }

    /// <summary>When <see cref="Pump"/> is due although nothing came.</summary>
    Instant NextTick { get; }

    /// <summary>Takes what is there and does what is due, without waiting.</summary>
    void Pump();
}
