using System.Text;
using Ttm.Server.Configuration;
using Ttm.Server.Events;
using Ttm.Server.Tests.Kit;
using Ttm.Server.Webhooks;
using Ttm.Testing;

namespace Ttm.Server.Tests.Webhooks;

public sealed class WebhookTests : IDisposable
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static readonly byte[] Key = WebhookOptions.KeyOf(Secret);
    private readonly string _directory = Directory.CreateTempSubdirectory("ttm-webhooks-").FullName;

    [Fact]
    public void Signature_OfTheSpecificationsExample_IsIts() =>
        WebhookSignature.Create(Key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, """{"test": 2432232314}"""u8).ShouldBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");

    [Theory]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 24)]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 24)]
    [InlineData("words of our own choice", 23)]
    public void KeyOf_ASecret_ReadsBase64(string secret, int bytes) => WebhookOptions.KeyOf(secret).Length.ShouldBe(bytes);

    [Theory]
    [InlineData("--Webhooks:Urls=https://a.example/x", "Webhooks:Secret is not set")]
    [InlineData("--Webhooks:Urls=ftp://a.example/x", "Webhooks:Urls is \"ftp://a.example/x\"")]
    [InlineData("--Webhooks:Secret=short", "Webhooks:Secret stands for")]
    public async Task Start_WithWrongSettings_SaysWhich(string argument, string sentence) =>
        (await Should.ThrowAsync<StartException>(() => TestServer.StartAsync(argument))).Message.ShouldContain(sentence);

    [Fact]
    public async Task Events_WithOneReceiverAwayAtFirst_ComeToBothInOrderAndSigned()
    {
        await using var first = new HookReceiver(Key);
        await using var second = new HookReceiver(Key);
        await first.StartAsync();
        await second.StartAsync();
        await second.StopAsync();
        await using var server = await TestServer.StartAsync($"--Webhooks:Urls={first.Url}/a,{second.Url}/b?k=1", $"--Webhooks:Secret={Secret}");
        await TellAsync(server, "a", "b");
        (await first.WaitAsync(8)).Count.ShouldBe(8);

        second.Answer = 500;
        await second.StartAsync();
        await Until.TrueAsync(() => second.Attempts >= 2);
        var ready = await (await server.SendAsync("GET", "/readyz", null).ShouldBeAsync(200)).JsonAsync();
        ready.GetProperty("warnings")[0].GetString()!.ShouldContain("events wait for the webhook receiver");
        second.Answer = 200;
        await second.WaitAsync(8);

        foreach (var receiver in new[] { first, second })
        {
            receiver.BadSignatures.ShouldBe(0);
            foreach (var lesson in new[] { "a", "b" })
            {
                receiver.Taken.Where(one => one.GetProperty("data").TryGetProperty("lesson", out var id) ? id.GetString() == lesson : one.GetProperty("data").GetProperty("id").GetString() == lesson)
                    .Select(one => one.GetProperty("type").GetString()).ShouldBe(["lesson.started", "listener.changed", "message.posted", "lesson.ended"]);
            }
        }
    }

    [Fact]
    public async Task Events_OfAnEarlierProcess_AreDeliveredByTheNextAndNotAgain()
    {
        await using var receiver = new HookReceiver(Key);
        await receiver.StartAsync();
        await receiver.StopAsync();
        string[] settings = [$"--Webhooks:Urls={receiver.Url}", $"--Webhooks:Secret={Secret}", $"--Recording:Spool={_directory}", "--Recording:Enabled=true"];
        await using (var server = await TestServer.StartAsync(settings))
            await TellAsync(server, "a");

        await receiver.StartAsync();
        await using (var server = await TestServer.StartAsync(settings))
            await receiver.WaitAsync(4);
        await using (var server = await TestServer.StartAsync(settings))
        {
            await TellAsync(server, "c");
            await receiver.WaitAsync(8);
        }

        receiver.Attempts.ShouldBe(8);
        receiver.Types.ShouldBe(["lesson.started", "listener.changed", "message.posted", "lesson.ended", "lesson.started", "listener.changed", "message.posted", "lesson.ended"]);
    }

    [Fact]
    public void Outbox_WithATornLine_KeepsTheWholeOnesAndGoesOn()
    {
        using (var outbox = new Outbox(_directory))
        {
            outbox.Open().ShouldBeEmpty();
            outbox.Append([Event(1), Event(2)]).Select(entry => entry.Sequence).ShouldBe([1, 2]);
        }

        File.AppendAllText(Directory.EnumerateFiles(_directory, "events-*").Single(), "3 evt_1-3 a 17");
        using var again = new Outbox(_directory);
        var left = again.Open();
        left.Select(entry => entry.Id).ShouldBe(["evt_1-1", "evt_1-2"]);
        Encoding.UTF8.GetString(again.Read(left[1])!).ShouldBe("""{"n":2}""");
        var next = again.Append([Event(3)]).Single();
        next.Sequence.ShouldBe(3);
        Encoding.UTF8.GetString(again.Read(next)!).ShouldBe("""{"n":3}""");
        again.Forget(2).ShouldBe(2);
        again.Read(left[0]).ShouldBeNull();
        Directory.EnumerateFiles(_directory, "events-*").ShouldHaveSingleItem();
    }

    [Fact]
    public void Acknowledgements_AfterATornLine_ForgetThatOneAlone()
    {
        var url = new Uri("http://a.example/");
        using (var fresh = new Acknowledgements(_directory, url, newest: 10))
        {
            foreach (var sequence in new[] { 12, 11, 15, 14 })
                fresh.Add(sequence);
            fresh.All.ShouldBe(12);
        }

        var path = Path.Combine(_directory, Acknowledgements.FileName(url));
        File.WriteAllText(path, File.ReadAllText(path)[..^1]);
        using var again = new Acknowledgements(_directory, url, newest: 99);
        again.All.ShouldBe(12);
        again.Contains(15).ShouldBeTrue();
        again.Contains(14).ShouldBeFalse();
        again.SkipTo(13);
        again.Add(14);
        again.All.ShouldBe(15);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static PublishedEvent Event(int number) =>
        new(new(1, number), "message.posted", "a", DateTimeOffset.UnixEpoch, new object(), Encoding.UTF8.GetBytes($$"""{"n":{{number}}}"""), null);

    private static async Task TellAsync(TestServer server, params string[] lessons)
    {
        foreach (var lesson in lessons)
        {
            await server.SendAsync("POST", "/api/v1/lessons", server.Service, $$"""{"id":"{{lesson}}"}""").ShouldBeAsync(201);
            await server.SendAsync("PUT", $"/api/v1/lessons/{lesson}/listener", server.Service, """{"student":"s-1"}""").ShouldBeAsync(200);
            await server.SendAsync("POST", $"/api/v1/lessons/{lesson}/messages", server.Student(lesson), """{"text":"ä\n"}""").ShouldBeAsync(201);
            await server.SendAsync("DELETE", $"/api/v1/lessons/{lesson}", server.Service).ShouldBeAsync(204);
        }
    }
}
