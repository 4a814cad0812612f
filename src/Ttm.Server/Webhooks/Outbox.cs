using System.Globalization;
using Ttm.Server.Disk;
using Ttm.Server.Events;

namespace Ttm.Server.Webhooks;

/// <summary>
/// Events on their way to receivers, on disk: append-only files of lines, named by their first event. Each start begins a new file, so that
/// a line which a crash has torn stays the last of its own. Whole files go when everybody has their events. Owned by the writer; bodies are read by anyone.
/// </summary>
internal sealed class Outbox(string directory) : IDisposable
{
    public const long SegmentBytes = 4 << 20;

    /// <summary>Beyond this the oldest events go, delivered or not.</summary>
    public const long MaximumBytes = 256 << 20;

    private readonly Lock _gate = new();
    private readonly SortedList<long, long> _segments = [];
    private FileStream? _current;
    private FileStream? _lock;

    public long LastSequence { get; private set; }

    /// <summary>What an earlier process left, oldest first. Throws <see cref="IOException"/> where another one has it.</summary>
    public IReadOnlyList<OutboxEntry> Open()
    {
        OwnFile.CreateDirectory(directory);
        _lock = OwnFile.OpenAlone(Path.Combine(directory, "lock"));
        List<OutboxEntry> left = [];
        foreach (var path in Directory.EnumerateFiles(directory, "events-*.log").Order(StringComparer.Ordinal))
        {
            if (!long.TryParse(Path.GetFileNameWithoutExtension(path).AsSpan("events-".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var segment))
                continue;
            _segments[segment] = new FileInfo(path).Length;
            left.AddRange(Scan(File.ReadAllBytes(path), segment));
            LastSequence = Math.Max(LastSequence, segment - 1);
        }

        LastSequence = Math.Max(LastSequence, left.Count == 0 ? 0 : left[^1].Sequence);
        return left;
    }

    /// <summary>Brings events to disk, durably; where that fails, none of them is there. Throws <see cref="IOException"/>.</summary>
    public IReadOnlyList<OutboxEntry> Append(IReadOnlyList<PublishedEvent> events)
    {
        var file = Current();
        var start = file.Length;
        List<OutboxEntry> entries = [];
        using var lines = new MemoryStream();
        foreach (var published in events)
        {
            var line = OutboxEntry.Write(LastSequence + entries.Count + 1, published);
            entries.Add(OutboxEntry.Parse(line.AsSpan(..^1), _segments.GetKeyAtIndex(_segments.Count - 1), start + lines.Length)!);
            lines.Write(line);
        }

        try
        {
            file.Position = start;
            file.Write(lines.GetBuffer().AsSpan(0, (int)lines.Length));
            file.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            CutOff(file, start);
            throw;
        }

        LastSequence += entries.Count;
        lock (_gate)
            _segments[_segments.GetKeyAtIndex(_segments.Count - 1)] = file.Length;
        return entries;
    }

    /// <summary>The event's JSON; null where it went with its file.</summary>
    public byte[]? Read(OutboxEntry entry)
    {
        if (entry.Body is { } body)
            return body;
        try
        {
            using var handle = File.OpenHandle(PathOf(entry.Segment), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var content = new byte[entry.Length];
            return RandomAccess.Read(handle, content, entry.Offset) == content.Length ? content : null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Removes the files that hold nothing after <paramref name="sequence"/>, and, beyond the limit, the oldest. Returns the last event that went.</summary>
    public long Forget(long sequence)
    {
        var forgotten = 0L;
        lock (_gate)
        {
            while (_segments.Count > 1 && (_segments.GetKeyAtIndex(1) - 1 <= sequence || _segments.Values.Sum() > MaximumBytes))
            {
                forgotten = _segments.GetKeyAtIndex(1) - 1;
                File.Delete(PathOf(_segments.GetKeyAtIndex(0)));
                _segments.RemoveAt(0);
            }
        }

        return forgotten;
    }

    public void Dispose()
    {
        _current?.Dispose();
        _lock?.Dispose();
    }

    /// <summary>Takes half a line away; where the disk refuses even that, the next event begins a new file.</summary>
    private void CutOff(FileStream file, long length)
    {
        try
        {
            file.SetLength(length);
        }
        catch (IOException)
        {
            file.Dispose();
            _current = null;
        }
    }

    private static IEnumerable<OutboxEntry> Scan(byte[] content, long segment)
    {
        for (var start = 0; start < content.Length;)
        {
            var length = content.AsSpan(start).IndexOf((byte)'\n');
            if (length < 0)
                yield break;
            if (OutboxEntry.Parse(content.AsSpan(start, length), segment, start) is { } entry)
                yield return entry;
            start += length + 1;
        }
    }

    private FileStream Current()
    {
        if (_current is { } open && open.Length < SegmentBytes)
            return open;
        var segment = LastSequence + 1;
        var next = OwnFile.Open(PathOf(segment), FileMode.Create);
        _current?.Dispose();
        _current = next;
        lock (_gate)
            _segments[segment] = 0;
        return next;
    }

    private string PathOf(long segment) => Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"events-{segment:D19}.log"));
}
