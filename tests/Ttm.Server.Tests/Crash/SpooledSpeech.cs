using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Ttm.Rtc.Rtp;

namespace Ttm.Server.Tests.Crash;

/// <summary>
/// What the spool's journals hold of the speech in the moment after a kill, read as any reader of rtpdump files would. It keeps each journal open from
/// its beginning, so that what was stored and left the spool before the kill counts, too.
/// </summary>
internal sealed class SpooledSpeech(string spool) : IDisposable
{
    private const int FileHeaderLength = 16;
    private const int RecordHeaderLength = 8;

    private readonly Dictionary<string, SafeFileHandle> _journals = [];

    /// <summary>Opens what is new.</summary>
    public void Watch()
    {
        foreach (var path in Directory.EnumerateFiles(spool, "*.rtpdump"))
        {
            if (!_journals.ContainsKey(path))
                _journals[path] = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
        }
    }

    /// <summary>The newest frame of the speech that is in a whole record of any journal seen since it was last asked; −1 where there is none.</summary>
    public int Newest(SpeechLog speech)
    {
        Watch();
        var newest = _journals.Values.Select(journal => Newest(journal, speech)).DefaultIfEmpty(-1).Max();
        Dispose();
        return newest;
    }

    public void Dispose()
    {
        foreach (var journal in _journals.Values)
            journal.Dispose();
        _journals.Clear();
    }

    private static int Newest(SafeFileHandle journal, SpeechLog speech)
    {
        var bytes = new byte[RandomAccess.GetLength(journal)];
        ReadOnlySpan<byte> rest = bytes.AsSpan(0, RandomAccess.Read(journal, bytes, 0));
        rest = rest[Math.Min(rest.Length, rest.IndexOf((byte)'\n') + 1 + FileHeaderLength)..];
        var newest = -1;
        while (rest.Length >= RecordHeaderLength && BinaryPrimitives.ReadUInt16BigEndian(rest) is >= RecordHeaderLength and var length && rest.Length >= length)
        {
            var isRtp = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) > 0;
            if (isRtp && RtpPacket.TryParse(rest[RecordHeaderLength..length], out var packet))
                newest = Math.Max(newest, speech.FrameOf(packet.Payload));
            rest = rest[length..];
        }

        return newest;
    }
}
