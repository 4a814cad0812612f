using Ttm.Net;
using Ttm.Rtc;

namespace Ttm.Load.Clients;

/// <summary>Something that sends a packet every 20 ms.</summary>
internal interface IPaced : ITimed
{
    void Send(Instant now);
}
