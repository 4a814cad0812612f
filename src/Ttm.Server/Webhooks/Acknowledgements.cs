using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ttm.Server.Disk;

namespace Ttm.Server.Webhooks;

/// <summary>
/// Which events one receiver has: everything up to a number, and single ones beyond, for lessons do not wait for one another. On disk a file of
/// numbers, appended to and now and then written anew; what a crash takes from it is delivered a second time.
/// </summary>
internal sealed class Acknowledgements : IDisposable
{
    private const int LinesBetweenRewrites = 4096;

    private readonly Lock _gate = new();
    private readonly SortedSet<long> _beyond = [];
    private readonly string _path;
    private FileStream? _file;
    private int _lines;
    private long _all;

    /// <param name="newest">A receiver that is new gets what comes after this.</param>
    public Acknowledgements(string directory, Uri url, long newest)
    {
        _path = Path.Combine(directory, FileName(url));
        if (!File.Exists(_path))
        {
            _all = newest;
        }
        else
        {
            // The first line is the number up to which it has all; a torn last one may say less than it should, never a number that is too great.
            var text = File.ReadAllText(_path);
            var numbers = text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0).ToList();
            _all = numbers.FirstOrDefault();
            _beyond.UnionWith(numbers.Skip(1).Where(number => number > _all));
            Advance();
        }

        Rewrite();
    }

    /// <summary>It has every event up to this one.</summary>
    public long All
    {
        get
        {
            lock (_gate)
                return _all;
        }
    }

    public static string FileName(Uri url) => $"receiver-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(url.AbsoluteUri)))[..24]}.acks";

    public bool Contains(long sequence)
    {
        lock (_gate)
            return sequence <= _all || _beyond.Contains(sequence);
    }

    /// <summary>Throws <see cref="IOException"/> where the disk does not take it; it is known all the same until the process ends.</summary>
    public void Add(long sequence)
    {
        lock (_gate)
        {
            _beyond.Add(sequence);
            Advance();
            if (_file is null || ++_lines > LinesBetweenRewrites)
                Rewrite();
            else
                _file.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{sequence}\n")));
        }
    }

    /// <summary>Events up to this one are not to be had any more.</summary>
    public void SkipTo(long sequence)
    {
        lock (_gate)
        {
            if (sequence <= _all)
                return;
            _all = sequence;
            _beyond.RemoveWhere(number => number <= sequence);
            Advance();
            Rewrite();
        }
    }

    public void Dispose() => _file?.Dispose();

    private void Advance()
    {
        while (_beyond.Remove(_all + 1))
            _all++;
    }

    private void Rewrite()
    {
        // Null until the new file is there: where the disk refuses it, the next number tries again.
        _file?.Dispose();
        _file = null;
        var numbers = _beyond.Prepend(_all).Select(number => number.ToString(CultureInfo.InvariantCulture) + "\n");
        OwnFile.Replace(_path, Encoding.ASCII.GetBytes(string.Concat(numbers)));
        _file = OwnFile.Open(_path, FileMode.Append, FileAccess.Write);
        _lines = 0;
    }
}
