using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using Ttm.Net;
using Ttm.Rtc;
using Ttm.Rtc.Dtls;
using Ttm.Rtc.Rtp;
using Ttm.Sfu.Lessons;
using Ttm.Sfu.Media;
using Ttm.Testing;

namespace Ttm.Sfu.Tests;

/// <summary>A node on real sockets of loopback, with clients of our own; recordings are lists of what a sink was given.</summary>
internal sealed class LessonFixture : IStretchRecorder, ILessonEventSink, IAsyncDisposable
{
    private static readonly IReadOnlyDictionary<string, string> NoMetadata = new Dictionary<string, string>();
    private readonly SeededRandomness _randomness = new(11);
    private readonly DtlsCertificate _clientCertificate = DtlsCertificate.Create(DateTimeOffset.UtcNow);
    private readonly List<UdpRtcClient> _clients = [];
    private int _recordings;

    public LessonFixture(MediaOptions? options = null, ILessonStore? store = null)
    {
        Port = new MediaPort((options ?? new MediaOptions()) with { Port = 0 }, TimeProvider.System, SystemRandomness.Instance, NullLogger<MediaPort>.Instance);
        Lessons = new LessonDirectory(Port, this, this, TimeProvider.System, NullLogger<LessonDirectory>.Instance, store);
    }

    public MediaPort Port { get; }

    public LessonDirectory Lessons { get; }

    public List<LessonEvent> Events { get; } = [];

    public List<RecordedStretch> Stretches { get; } = [];

    public StretchRecording? Start(Stretch stretch)
    {
        var recorded = new RecordedStretch(stretch);
        Stretches.Add(recorded);
        string id = $"rec-{++_recordings}";
        return new StretchRecording(id, recorded, () => Publish(new LessonEvent("recording.started", stretch.Lesson, TimeProvider.System.GetUtcNow(), id)));
    }

    /// <summary>Called before an event is taken.</summary>
    public Action<LessonEvent>? OnPublish { get; set; }

    public void Publish(LessonEvent lessonEvent)
    {
        OnPublish?.Invoke(lessonEvent);
        lock (Events)
            Events.Add(lessonEvent);
    }

    public ILesson CreateLesson(string id, string? teacher = null, bool isRecorded = true) => Lessons.Create(id, teacher, NoMetadata, isRecorded).Value!;

    public UdpRtcClient NewClient(bool publishes)
    {
        var client = new UdpRtcClient(publishes, _clientCertificate, _randomness, Port.Clock);
        _clients.Add(client);
        return client;
    }

    public async Task<UdpRtcClient> ConnectTeacherAsync(ILesson lesson, string teacher = "t")
    {
        var client = NewClient(true);
        await CompleteAsync(client, lesson.ConnectTeacherAsync(teacher, client.Rtc.Offer));
        return client;
    }

    public async Task<UdpRtcClient> ConnectStudentAsync(ILesson lesson, string student)
    {
        var client = NewClient(false);
        await CompleteAsync(client, lesson.ConnectStudentAsync(student, client.Rtc.Offer));
        return client;
    }

    /// <summary>Pumps all clients until the condition holds; fails after ten seconds.</summary>
    public Task UntilAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string text = "") => Until.TrueAsync(
        () =>
        {
            if (condition())
                return true;
            foreach (var client in _clients)
                client.Pump(TimeSpan.Zero);
            return false;
        },
        TimeSpan.FromSeconds(10),
        () => text,
        TimeSpan.FromMilliseconds(1));

    /// <summary>Packets whose second byte is their number, a few milliseconds apart, pumped through.</summary>
    public async Task SpeakAsync(UdpRtcClient teacher, int first, int last)
    {
        for (int number = first; number <= last; number++)
        {
            long before = Port.Counters.PacketsReceived;
            teacher.SendPacket([0xF8, (byte)number, 0, 0]);
            await UntilAsync(() => Port.Counters.PacketsReceived > before);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Lessons.DisposeAsync();
        Port.Dispose();
        foreach (var client in _clients)
            client.Dispose();
        _clientCertificate.Dispose();
    }

    private async Task CompleteAsync(UdpRtcClient client, Task<LessonResult<SessionAccepted>> connecting)
    {
        var accepted = await connecting;
        accepted.Detail.ShouldBeNull();
        client.ApplyAnswer(accepted.Value!.Answer);
        await UntilAsync(() => client.IsConnected);
    }
}

internal sealed class RecordedStretch(Stretch stretch) : IRtpSink
{
    public Stretch Stretch { get; } = stretch;

    public StreamPosition? Opened { get; private set; }

    public StreamPosition? Closed { get; private set; }

    public List<byte[]> Payloads { get; } = [];

    public void Open(in StreamPosition start) => Opened = start;

    public void Write(in RtpPacket packet, Instant now)
    {
        lock (Payloads)
            Payloads.Add(packet.Payload.ToArray());
    }

    public void Close(in StreamPosition end) => Closed = end;
}
