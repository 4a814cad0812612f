using Ttm.Server.Tests.Kit;
using Ttm.Server.Webhooks;
using Ttm.Testing;

namespace Ttm.Server.Tests.Webhooks;

/// <summary>What a disk, or somebody at the machine, may do to the outbox while the server runs; no event is lost.</summary>
public sealed class OutboxDiskTests : IDisposable
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private readonly string _directory = Directory.CreateTempSubdirectory("ttm-outbox-").FullName;

    private string Outbox => Path.Combine(_directory, "spool", "webhooks");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task SecondServerOnTheSpool_IsRefused_AndTheFirstOnesEventsAreDelivered()
    {
        await using var receiver = new HookReceiver(WebhookOptions.KeyOf(Secret));
        await receiver.StartAsync();
        await receiver.StopAsync();
        await using (var server = await TestServer.StartWholeAsync(Settings(receiver.Url)))
        {
            await server.SendAsync("POST", "/api/v1/lessons", server.Service, """{"id":"a"}""").ShouldBeAsync(201);
            await server.SendAsync("DELETE", "/api/v1/lessons/a", server.Service).ShouldBeAsync(204);
            var refused = await Should.ThrowAsync<Exception>(() => TestServer.StartWholeAsync(Settings("http://127.0.0.1:9/other")));
            refused.Message.ShouldContain(Outbox);
        }

        await receiver.StartAsync();
        await using var next = await TestServer.StartWholeAsync(Settings(receiver.Url));
        await receiver.WaitAsync(2);
        receiver.Types.ShouldBe(["lesson.started", "lesson.ended"]);
    }

    [Fact]
    public async Task OutboxThatCannotBeReadForAWhile_IsToldOnReadyz_AndItsEventsComeAfterwards()
    {
        await using var receiver = new HookReceiver(WebhookOptions.KeyOf(Secret)) { Answer = 503 };
        await receiver.StartAsync();
        await using var server = await TestServer.StartWholeAsync(Settings(receiver.Url));
        await server.SendAsync("POST", "/api/v1/lessons", server.Service, """{"id":"a"}""").ShouldBeAsync(201);
        await ReadyzAsync(server, "it answers 503");

        var log = Directory.EnumerateFiles(Outbox, "events-*").Single();
        File.Move(log, log + ".away");
        Directory.CreateDirectory(log);
        await ReadyzAsync(server, "the outbox cannot be read");
        Directory.Delete(log);
        File.Move(log + ".away", log);
        receiver.Answer = 204;

        await receiver.WaitAsync(1);
        receiver.Types.ShouldBe(["lesson.started"]);
    }

    private string[] Settings(string url) =>
        [$"--Recording:Spool={_directory}/spool", $"--Storage:FileSystem:Root={_directory}/recordings", $"--Webhooks:Urls={url}", $"--Webhooks:Secret={Secret}"];

    private static Task ReadyzAsync(TestServer server, string words) => Until.SatisfiedAsync(
        () => server.Client.GetStringAsync("/readyz"), body => body.Contains(words, StringComparison.Ordinal), TimeSpan.FromSeconds(30), body => body);
}
