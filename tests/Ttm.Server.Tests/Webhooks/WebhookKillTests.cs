using System.Net;
using Ttm.Server.Auth;
using Ttm.Server.Tests.Crash;
using Ttm.Server.Webhooks;

namespace Ttm.Server.Tests.Webhooks;

/// <summary>A receiver that is away while the server itself is killed, twice: every event comes in the end, in order.</summary>
public sealed class WebhookKillTests : IDisposable
{
    private const string Lesson = "algebra-8";
    private const string HookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    // docs/api.md: an event is on disk within 250 ms.
    private static readonly TimeSpan OnDisk = TimeSpan.FromMilliseconds(250);

    private readonly string _directory = Directory.CreateTempSubdirectory("ttm-hooks-").FullName;
    private readonly string _token = new TokenMinter(ServerUnderTest.ApiKey, ServerUnderTest.Secret, TimeProvider.System).Service("app", TimeSpan.FromHours(1));

    [Fact]
    public async Task Events_ReceiverAwayAndServerKilledTwice_AllComeInOrder()
    {
        await using var hooks = new HookReceiver(WebhookOptions.KeyOf(HookSecret));
        await hooks.StartAsync();
        using var server = new ServerUnderTest(_directory, $"--Webhooks:Urls={hooks.Url}", $"--Webhooks:Secret={HookSecret}");
        await server.StartAsync();
        using (var created = await server.SendAsync("POST", "/api/v1/lessons", _token, $$"""{"id":"{{Lesson}}"}"""))
            created.StatusCode.ShouldBe(HttpStatusCode.Created);
        await hooks.WaitAsync(1);

        await hooks.StopAsync();
        for (var kill = 0; kill < 2; kill++)
        {
            await PostAsync(server, $"{kill}-a", $"{kill}-b", $"{kill}-c");
            await Task.Delay(OnDisk);
            await server.KillAsync();
            await server.StartAsync();
        }

        await hooks.StartAsync();
        await PostAsync(server, "2-a");
        var taken = await hooks.WaitAsync(8);

        hooks.Types.ShouldBe(["lesson.started", .. Enumerable.Repeat("message.posted", 7)]);
        taken.Skip(1).Select(one => one.GetProperty("data").GetProperty("text").GetString()).ShouldBe(["0-a", "0-b", "0-c", "1-a", "1-b", "1-c", "2-a"]);
        hooks.BadSignatures.ShouldBe(0);
        (await server.StopAsync()).ShouldBe(0, server.Output);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private async Task PostAsync(ServerUnderTest server, params string[] texts)
    {
        foreach (var text in texts)
        {
            using var posted = await server.SendAsync("POST", $"/api/v1/lessons/{Lesson}/messages", _token, $$"""{"text":"{{text}}"}""");
            posted.StatusCode.ShouldBe(HttpStatusCode.Created);
        }
    }
}
