using Ttm.Load.Api;
using Ttm.Load.Clients;
using Ttm.Load.Speech;
using Ttm.Rtc;
using Ttm.Rtc.Rtp;

namespace Ttm.Load.Scenario;

/// <summary>One lesson: a teacher who never stops, students, and somebody who switches between them.</summary>
internal sealed class LessonLoad : IPaced, IAsyncDisposable
{
    // Packets of which is remembered that they came.
    private const int Memory = 1024;
    private const double GoldenRatio = 0.618033988749895;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly int _index;
    private readonly LoadContext _context;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Student> _students = [];
    private readonly List<Student> _guests = [];
    private readonly List<SwitchMade> _switches = [];
    private readonly int[] _heard = new int[Memory];
    private readonly byte[] _packet = new byte[256];
    private LoadClient? _teacher;
    private volatile Student? _selected;
    private Instant? _heardAt;
    private int _number;
    private Task _switching = Task.CompletedTask;

    public LessonLoad(int index, LoadContext context)
    {
        _index = index;
        _context = context;
        Id = $"{context.Options.Prefix}-{index}";
        Array.Fill(_heard, -1);
    }

    public string Id { get; }

    public int TimerIndex { get; set; } = -1;

    public Instant TimerDue { get; set; }

    /// <summary>The recordings that must come of it, in order.</summary>
    public IReadOnlyList<SwitchMade> Switches => _switches;

    /// <summary>Teacher, first student, first selection, speech; then the other students, into the running lesson. False where it did not begin.</summary>
    public async Task<bool> StartAsync(CancellationToken cancellationToken)
    {
        _teacher = await _context.Joining.JoinAsync(true, offer => _context.Api.PublishAsync(Id, "teacher", offer, cancellationToken), cancellationToken);
        if (_teacher is null || !await AddStudentAsync("s-0", _students, cancellationToken))
            return false;
        await _context.Joining.HandOverAsync(_teacher, null);
        await SelectAsync(_students[0], false, cancellationToken);
        _context.Media.Post(() => _context.Media.Pace(this, _context.Clock.Now + Spread(ClientLoop.PacketInterval)));

        var others = Enumerable.Range(1, _context.Options.Students - 1).Select(number => AddStudentAsync($"s-{number}", _students, cancellationToken)).ToList();
        await Task.WhenAll(others);
        _switching = SwitchAsync(_stop.Token);
        return true;
    }

    /// <summary>One more student, who is never selected.</summary>
    public Task<bool> AddGuestAsync(int number, CancellationToken cancellationToken) => AddStudentAsync($"g-{number}", _guests, cancellationToken);

    /// <summary>On the media loop: what the teacher says next.</summary>
    public void Send(Instant now)
    {
        var rounds = _context.Rounds;
        rounds.Current.Sent++;
        if (!_teacher!.IsConnected)
            return;
        int length = new Stamp(_index, _number, rounds.Number, now).Write(_context.Speech.GetPacket(_number + (_index * 37)), _packet);
        _number++;
        _teacher.SendPacket(_packet.AsSpan(0, length));
    }

    /// <summary>Silence, then the listener is taken away, so that the last recording ends.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _switching;
        await _context.Media.InvokeAsync(() =>
        {
            _context.Media.Unpace(this);
            return true;
        });
        if (_switches.Count > 0)
            await _context.Api.UnselectAsync(Id, cancellationToken);
    }

    /// <summary>Ends the lesson on the server and closes the clients.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _context.Api.EndAsync(Id, CancellationToken.None);
        }
        catch (Exception exception) when (exception is ServerRefusedException or HttpRequestException or TaskCanceledException)
        {
            // Its clients go in any case.
        }

        await _context.Media.InvokeAsync(() =>
        {
            _context.Media.Unpace(this);
            Close(_teacher);
            _students.ForEach(student => Close(student.Client));
            _guests.ForEach(student => Close(student.Client));
            return true;
        });
        _stop.Dispose();
    }

    private async Task<bool> AddStudentAsync(string id, List<Student> students, CancellationToken cancellationToken)
    {
        var client = await _context.Joining.JoinAsync(false, offer => _context.Api.PlayAsync(Id, id, offer, cancellationToken), cancellationToken);
        if (client is null)
            return false;
        var student = new Student(id, client);
        await _context.Joining.HandOverAsync(client, (in packet, now) => Hear(student, packet, now));
        lock (students)
            students.Add(student);
        return true;
    }

    /// <summary>On the media loop: a student received a packet.</summary>
    private void Hear(Student student, in RtpPacket packet, Instant now)
    {
        if (!Stamp.TryRead(packet.Payload, out var stamp) || _context.Rounds.Of(stamp.Round) is not { } tally)
            return;
        if (stamp.Lesson != _index || (student != _selected && !student.HasListened(stamp.SentAt, Grace)))
        {
            tally.Misdirected++;
            return;
        }

        ref int heard = ref _heard[stamp.Number % Memory];
        if (heard == stamp.Number)
        {
            tally.Duplicates++;
            return;
        }

        heard = stamp.Number;
        tally.Received++;
        tally.Delay.Add(now - stamp.SentAt);
        if (_heardAt is { } before)
            tally.AddGap(now - before);
        _heardAt = now;
        if (student.TryTakeAsked(out var askedAt))
            _context.Rounds.Current.Switch.Add(now - askedAt);
    }

    private async Task SwitchAsync(CancellationToken cancellationToken)
    {
        var every = _context.Options.SwitchEvery;
        try
        {
            await Task.Delay(Spread(every), cancellationToken);
            for (int turn = 1; _students.Count > 1; turn++)
            {
                await SelectAsync(_students[turn % _students.Count], true, cancellationToken);
                await Task.Delay(every, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task SelectAsync(Student student, bool measured, CancellationToken cancellationToken)
    {
        var before = _selected;
        var asked = _context.Clock.Now;
        _selected = student;
        before?.Leave(Instant.Never - Grace);
        if (measured)
            student.Ask(asked);
        try
        {
            var answer = await _context.Api.SelectAsync(Id, student.Id, cancellationToken);
            var answered = _context.Clock.Now;
            before?.Leave(answered);
            _switches.Add(new SwitchMade(answer.Recording, student.Id, answer.SwitchedAt));
            _context.Media.Post(() => _context.Rounds.Current.SwitchAnswer.Add(answered - asked));
        }
        catch (Exception exception) when (exception is ServerRefusedException or HttpRequestException || IsTimeout(exception, cancellationToken))
        {
            _context.Media.Post(() => _context.Rounds.Current.SwitchFailures++);
        }
    }

    private static bool IsTimeout(Exception exception, CancellationToken cancellationToken) =>
        exception is TaskCanceledException && !cancellationToken.IsCancellationRequested;

    private void Close(LoadClient? client)
    {
        if (client is null)
            return;
        _context.Media.Remove(client);
        client.Dispose();
    }

    /// <summary>A place of this lesson's own within an interval, such that any number of lessons spreads evenly.</summary>
    private TimeSpan Spread(TimeSpan interval) => interval * (_index * GoldenRatio % 1);
}

/// <summary>What a PUT listener answered.</summary>
internal sealed record SwitchMade(string? Recording, string Student, DateTimeOffset At);
