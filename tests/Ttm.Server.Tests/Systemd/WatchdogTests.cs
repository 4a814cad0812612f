using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Ttm.Server.Systemd;
using Ttm.Testing;

namespace Ttm.Server.Tests.Systemd;

public sealed class WatchdogTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private readonly FakeTimeProvider _time = new();
    private readonly Notifier _notifier = new();

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("0", null, null)]
    [InlineData("soon", null, null)]
    [InlineData("20000000", null, 10.0)]
    [InlineData("20000000", "", 10.0)]
    [InlineData("20000000", "1", null)]
    public void Interval_IsHalfOfWhatSystemdWaits(string? microseconds, string? pid, double? seconds) =>
        Watchdog.Interval(name => name == "WATCHDOG_USEC" ? microseconds : pid)?.TotalSeconds.ShouldBe(seconds!.Value);

    [Fact]
    public void Interval_OfThisProcess_IsGiven() =>
        Watchdog.Interval(name => name == "WATCHDOG_USEC" ? "2000000" : $"{Environment.ProcessId}").ShouldBe(TimeSpan.FromSeconds(1));

    [Fact]
    public async Task Feed_WhileTheProbeAnswers_GoesOnAndBeyondTheStop()
    {
        await using var watchdog = new Watchdog(_notifier, Interval, () => Task.CompletedTask, _time, NullLogger<Watchdog>.Instance);
        await watchdog.StartAsync(CancellationToken.None);
        await _notifier.CountAsync(1);
        await AdvanceToAsync(2);
        await watchdog.StopAsync(CancellationToken.None);
        await AdvanceToAsync(3);
        _notifier.States.ShouldAllBe(state => state == "WATCHDOG=1");
    }

    [Fact]
    public async Task Feed_WhenTheProbeHangs_StopsAndGoesOnWhenItAnswersAgain()
    {
        var answer = new TaskCompletionSource();
        var asked = new SemaphoreSlim(0);
        await using var watchdog = new Watchdog(
            _notifier,
            Interval,
            () =>
            {
                asked.Release();
                return answer.Task;
            },
            _time,
            NullLogger<Watchdog>.Instance);
        await watchdog.StartAsync(CancellationToken.None);
        for (var i = 0; i < 3; i++)
        {
            await asked.WaitAsync();
            await AdvanceUntilAsync(() => asked.CurrentCount > 0);
        }

        _notifier.States.ShouldBeEmpty();
        answer.SetResult();
        await AdvanceToAsync(1);
    }

    private Task AdvanceToAsync(int count) => AdvanceUntilAsync(() => _notifier.States.Count >= count);

    private Task AdvanceUntilAsync(Func<bool> isSo) => Until.TrueAsync(() =>
    {
        if (isSo())
            return true;
        _time.Advance(Interval / 10);
        return false;
    });

    private sealed class Notifier : ISystemdNotifier
    {
        private readonly ConcurrentQueue<string> _states = new();

        public bool IsEnabled => true;

        public IReadOnlyCollection<string> States => _states;

        public void Notify(ServiceState state) => _states.Enqueue(state.ToString());

        public Task CountAsync(int count) => Until.TrueAsync(() => _states.Count >= count);
    }
}
