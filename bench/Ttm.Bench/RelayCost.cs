using Microsoft.Extensions.Logging.Abstractions;
using Ttm.Load.Clients;
using Ttm.Load.Measurement;
using Ttm.Load.Speech;
using Ttm.Net;
using Ttm.Rtc;
using Ttm.Rtc.Dtls;
using Ttm.Rtc.Rtp;
using Ttm.Sfu.Lessons;
using Ttm.Sfu.Media;

namespace Ttm.Bench;

/// <summary>
/// CPU of the media loop's thread per relayed packet (receive, unprotect, rewrite, protect, send), over real sockets of loopback with teachers who
/// are paced as real ones are, against the floor: a thread that receives and sends as many packets by the same calls at the same time, and does nothing
/// else. What the loop allocates, and how soon a newly selected student hears. No HTTP and no recorder.
/// </summary>
internal static class RelayCost
{
    private const int Switches = 3;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(6);

    public static async Task RunAsync(int[] lessonCounts)
    {
        Console.WriteLine("| lessons | packets | CPU per packet | of the bare relay | ratio | CPU of a core per lesson | packets in a round | bytes allocated per packet | lost | delay p50 / p99 | switch to first packet p50 / max |");
        Console.WriteLine("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (int lessons in lessonCounts)
            await MeasureAsync(lessons);
    }

    private static async Task MeasureAsync(int lessonCount)
    {
        using var port = new MediaPort(new MediaOptions { Port = 0 }, TimeProvider.System, SystemRandomness.Instance, NullLogger<MediaPort>.Instance);
        await using var lessons = new LessonDirectory(port, new NoRecorder(), new NoEvents(), TimeProvider.System, NullLogger<LessonDirectory>.Instance);
        using var certificate = DtlsCertificate.Create(TimeProvider.System.GetUtcNow());
        using var clients = new ClientLoop("clients", port.Clock, fault => Console.Error.WriteLine(fault));
        var heard = new Heard();
        var rooms = new List<Room>();
        for (int index = 0; index < lessonCount; index++)
            rooms.Add(await Room.OpenAsync(lessons, port, clients, certificate, heard, index));

        var bare = new Tally();
        using var probe = new BareProbe(port.Clock, () => bare);
        var talkers = Enumerable.Range(0, lessonCount).Select(_ => probe.CreateTalker()).ToList();
        clients.Post(() => Begin(clients, probe, talkers, port.Clock.Now));
        var gauge = new ProcessGauge(Environment.ProcessId);

        await Task.Delay(TimeSpan.FromSeconds(2));
        await clients.InvokeAsync(heard.Restart);
        long bareBefore = await clients.InvokeAsync(() => bare.BareDelay.Count);
        var threadsBefore = await gauge.SampleAsync(CancellationToken.None);
        var before = await SampleAsync(port);
        await Task.Delay(Window);
        var after = await SampleAsync(port);
        var threadsAfter = await gauge.SampleAsync(CancellationToken.None);
        long barePackets = await clients.InvokeAsync(() => bare.BareDelay.Count) - bareBefore;
        await clients.InvokeAsync(heard.Stop);
        await Task.Delay(TimeSpan.FromMilliseconds(200));
        long packets = after.Packets - before.Packets;
        double microseconds = (after.Cpu - before.Cpu).TotalMicroseconds;
        double floor = (threadsAfter!.Threads[BareProbe.ThreadName] - threadsBefore!.Threads[BareProbe.ThreadName]).TotalMicroseconds / barePackets;
        for (int turn = 0; turn < Switches; turn++)
        {
            foreach (var room in rooms.Take(20))
                await room.SwitchAsync(port.Clock);
        }

        var delay = heard.Delay;
        Console.WriteLine(
            $"| {lessonCount} | {packets} | {microseconds / packets:F2} µs | {floor:F2} µs | {microseconds / packets / floor:F2} | {microseconds / Window.TotalMicroseconds / lessonCount * 100:F3} % "
            + $"| {(double)(after.Datagrams - before.Datagrams) / (after.Rounds - before.Rounds):F2} | {(double)(after.Allocated - before.Allocated) / packets:F2} | {heard.Sent - heard.Count} "
            + $"| {delay.Quantile(0.5).TotalMilliseconds:F3} / {delay.Quantile(0.99).TotalMilliseconds:F3} ms "
            + $"| {heard.Switches.Quantile(0.5).TotalMilliseconds:F1} / {heard.Switches.Max.TotalMilliseconds:F1} ms |");
        foreach (var room in rooms)
            await clients.InvokeAsync(room.Close);
        await clients.InvokeAsync(() => End(clients, probe, talkers));
    }

    private static void Begin(ClientLoop clients, BareProbe probe, List<IPaced> talkers, Instant now)
    {
        clients.Add(probe);
        for (int index = 0; index < talkers.Count; index++)
            clients.Pace(talkers[index], now + (ClientLoop.PacketInterval * index / talkers.Count));
    }

    private static bool End(ClientLoop clients, BareProbe probe, List<IPaced> talkers)
    {
        talkers.ForEach(clients.Unpace);
        clients.Remove(probe);
        return true;
    }

    private static Task<Sample> SampleAsync(MediaPort port) => port.InvokeAsync((loop, _) =>
        new Sample(loop.Counters.PacketsForwarded, ThreadCpu.Now, GC.GetAllocatedBytesForCurrentThread(), port.LoopCounters.Rounds, port.LoopCounters.Datagrams));

    private readonly record struct Sample(long Packets, TimeSpan Cpu, long Allocated, long Rounds, long Datagrams);

    /// <summary>What the students heard; the clients' loop's own.</summary>
    private sealed class Heard
    {
        public Histogram Delay { get; } = new();

        public Histogram Switches { get; } = new();

        public long Sent { get; set; }

        public long Count { get; set; }

        public bool IsCounting { get; private set; }

        /// <summary>Of packets that count.</summary>
        public int Round { get; private set; }

        public int Restart()
        {
            IsCounting = true;
            return ++Round;
        }

        public int Stop()
        {
            IsCounting = false;
            return Round;
        }
    }

    /// <summary>A lesson with a teacher who speaks and two students, the first of whom listens.</summary>
    private sealed class Room : IPaced
    {
        private static readonly byte[] Frame = [0x78, .. Enumerable.Range(0, 79).Select(index => (byte)index)];

        private readonly int _index;
        private readonly ILesson _lesson;
        private readonly Heard _heard;
        private readonly ClientLoop _clients;
        private readonly LoadClient _teacher;
        private readonly LoadClient[] _students;
        private readonly byte[] _packet = new byte[128];
        private int _number;
        private int _listener;
        private TaskCompletionSource<Instant>? _waiting;

        private Room(int index, ILesson lesson, Heard heard, ClientLoop clients, LoadClient teacher, LoadClient[] students)
        {
            _index = index;
            _lesson = lesson;
            _heard = heard;
            _clients = clients;
            _teacher = teacher;
            _students = students;
        }

        public int TimerIndex { get; set; } = -1;

        public Instant TimerDue { get; set; }

        public static async Task<Room> OpenAsync(LessonDirectory lessons, MediaPort port, ClientLoop clients, DtlsCertificate certificate, Heard heard, int index)
        {
            var lesson = lessons.Create($"lesson-{index}", null, new Dictionary<string, string>()).Value!;
            var teacher = LoadClient.Create(true, certificate, port.Clock);
            LoadClient[] students = [LoadClient.Create(false, certificate, port.Clock), LoadClient.Create(false, certificate, port.Clock)];
            await ConnectAsync(clients, teacher, (await lesson.ConnectTeacherAsync("t", teacher.Rtc.Offer)).Value!.Answer);
            for (int number = 0; number < students.Length; number++)
                await ConnectAsync(clients, students[number], (await lesson.ConnectStudentAsync($"s{number}", students[number].Rtc.Offer)).Value!.Answer);

            var room = new Room(index, lesson, heard, clients, teacher, students);
            for (int number = 0; number < students.Length; number++)
            {
                int student = number;
                students[number].Received = (in packet, now) => room.Hear(student, packet, now);
            }

            await lesson.SelectAsync("s0");
            clients.Post(() => clients.Pace(room, port.Clock.Now + (ClientLoop.PacketInterval * (index * 0.618 % 1))));
            return room;
        }

        public void Send(Instant now)
        {
            int length = new Stamp(_index, _number++, _heard.IsCounting ? _heard.Round : -1, now).Write(Frame, _packet);
            if (_heard.IsCounting)
                _heard.Sent++;
            _teacher.SendPacket(_packet.AsSpan(0, length));
        }

        /// <summary>From the call to the first packet of speech at a student who did not listen before, and whose socket is read all the time.</summary>
        public async Task SwitchAsync(MediaClock clock)
        {
            var waiting = new TaskCompletionSource<Instant>(TaskCreationOptions.RunContinuationsAsynchronously);
            int next = 1 - _listener;
            await _clients.InvokeAsync(() => (_listener, _waiting) = (next, waiting));
            var asked = clock.Now;
            await _lesson.SelectAsync($"s{next}");
            var heard = await waiting.Task.WaitAsync(TimeSpan.FromSeconds(2));
            await _clients.InvokeAsync(() =>
            {
                _heard.Switches.Add(heard - asked);
                return true;
            });
        }

        public bool Close()
        {
            _clients.Unpace(this);
            foreach (var client in _students.Append(_teacher))
            {
                _clients.Remove(client);
                client.Dispose();
            }

            return true;
        }

        private static async Task ConnectAsync(ClientLoop clients, LoadClient client, string answer)
        {
            var connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            client.Pumped = () =>
            {
                if (client.IsConnected)
                    connected.TrySetResult();
            };
            clients.Post(() =>
            {
                client.ApplyAnswer(answer);
                clients.Add(client);
            });
            await connected.Task.WaitAsync(TimeSpan.FromSeconds(10));
        }

        private void Hear(int student, in RtpPacket packet, Instant now)
        {
            if (!Stamp.TryRead(packet.Payload, out var stamp))
                return;
            if (stamp.Round == _heard.Round)
            {
                _heard.Count++;
                _heard.Delay.Add(now - stamp.SentAt);
            }

            if (student == _listener)
                _waiting?.TrySetResult(now);
        }
    }

    private sealed class NoRecorder : IStretchRecorder
    {
        public StretchRecording? Start(Stretch stretch) => null;
    }

    private sealed class NoEvents : ILessonEventSink
    {
        public void Publish(LessonEvent lessonEvent)
        {
        }
    }
}
