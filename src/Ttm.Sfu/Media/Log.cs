using Microsoft.Extensions.Logging;

namespace Ttm.Sfu.Media;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Media on UDP port {Port}, offered at {Addresses}")]
    public static partial void Listening(ILogger logger, ushort port, string addresses);

    [LoggerMessage(4, LogLevel.Warning, "The kernel keeps only {Bytes} bytes for the media port, so that a short stall of a busy server loses packets; set net.core.rmem_max to {Wanted} or give the process CAP_NET_ADMIN")]
    public static partial void SmallReceiveBuffer(ILogger logger, int bytes, int wanted);

    [LoggerMessage(2, LogLevel.Error, "A fault has ended session {Session}")]
    public static partial void SessionFault(ILogger logger, string session, Exception fault);

    [LoggerMessage(3, LogLevel.Error, "A fault in work posted to the media loop")]
    public static partial void LoopFault(ILogger logger, Exception fault);
}
