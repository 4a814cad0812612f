using Microsoft.Win32.SafeHandles;

namespace Ttm.Recorder.Journal;

/// <summary>
/// Reads a journal from its beginning, also while it grows. A record that is not whole, and whatever follows bytes that cannot be a record, is not
/// there: that is how a torn tail is cut off.
/// </summary>
internal sealed class JournalReader : IDisposable
{
    private const int PageLength = 8192;

    private readonly SafeFileHandle _file;
    private byte[] _buffer = new byte[PageLength];
    private long _fileOffset;
    private int _start;
    private int _end;
    private bool _pastPreamble;
    private bool _broken;

    public JournalReader(string path) =>
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>What a journal says of itself; null where it is cut off before that.</summary>
    public static JournalHeading? ReadHeading(string path)
    {
        using var reader = new JournalReader(path);
        while (reader.TryPeek(long.MaxValue, out JournalRecord record))
        {
            if (record.IsRtcp && JournalMark.TryParse(record.Packet, out JournalMark mark) && mark.Kind == JournalMarkKind.Heading)
                return mark.TryReadHeading(out JournalHeading heading) ? heading : null;
            reader.Advance();
        }

        return null;
    }

    /// <summary>Looks at the next record; <see cref="Advance"/> goes past it.</summary>
    /// <param name="limit">Bytes from here on are not read.</param>
    public bool TryPeek(long limit, out JournalRecord record)
    {
        record = default;
        while (!_broken)
        {
            int needed;
            if (!_pastPreamble)
            {
                if (RtpDump.TryReadPreamble(Unread, out needed))
                {
                    _start += needed;
                    _pastPreamble = true;
                    continue;
                }

                needed = Unread.Length + 1;
            }
            else if (RtpDump.TryReadRecord(Unread, out record, out needed))
            {
                return true;
            }
            else if (needed == 0)
            {
                _broken = true;
                return false;
            }

            if (!TryFill(needed, limit))
                return false;
        }

        return false;
    }

    public void Advance() => _start += RtpDump.TryReadRecord(Unread, out _, out int length) ? length : 0;

    public void Dispose() => _file.Dispose();

    private ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start.._end);

    private bool TryFill(int needed, long limit)
    {
        int count = _end - _start;
        _buffer.AsSpan(_start, count).CopyTo(_buffer);
        _start = 0;
        _end = count;
        if (needed > _buffer.Length)
            Array.Resize(ref _buffer, Math.Min(needed * 2, RtpDump.MaxRecordLength + PageLength));

        int room = (int)Math.Min(_buffer.Length - _end, limit - _fileOffset);
        int read = room > 0 ? RandomAccess.Read(_file, _buffer.AsSpan(_end, room), _fileOffset) : 0;
        _end += read;
        _fileOffset += read;
        return read > 0;
    }
}
