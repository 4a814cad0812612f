using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Ttm.Net;
using Ttm.Server.Auth;
using Ttm.Server.Events;
using Ttm.Server.Hosting;
using Ttm.Server.Operations;
using Ttm.Server.Recordings;
using Ttm.Server.Turn;
using Ttm.Sfu.Lessons;
using Ttm.Sfu.Media;

namespace Ttm.Server.Tests.Kit;

/// <summary>The server on a port of its own, with lessons and recordings of memory behind it.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    public const string ApiKey = "school";
    public const string Secret = "0123456789abcdef0123456789abcdef";

    /// <summary>Good enough for lessons without media.</summary>
    public const string Offer = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n";

    private readonly WebApplication _app;
    private readonly string _directory;

    private TestServer(WebApplication app, LogCollector logs, string directory)
    {
        _app = app;
        _directory = directory;
        Logs = logs;
        var address = new Uri(app.Urls.First());
        Client = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = address };
        Clock = app.Services.GetRequiredService<TimeProvider>();
        Minter = new(ApiKey, Secret, Clock);
    }

    public HttpClient Client { get; }

    public TimeProvider Clock { get; }

    public string Spool => Get<Ttm.Recorder.Recordings.RecordingOptions>().Spool;

    public TokenMinter Minter { get; }

    public LogCollector Logs { get; }

    public FakeLessons Lessons => (FakeLessons)_app.Services.GetRequiredService<ILessons>();

    public FakeRecordings Recordings => (FakeRecordings)_app.Services.GetRequiredService<IRecordings>();

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public EventHub Events => _app.Services.GetRequiredService<EventHub>();

    public string Service => Minter.Service("app", TimeSpan.FromHours(1));

    public static Task<TestServer> StartAsync(params string[] args) => StartAsync(null, args);

    public static Task<TestServer> StartAsync(Action<WebApplicationBuilder>? adjust, params string[] args) => StartAsync(true, adjust, args);

    /// <summary>The whole server, with its media port and recorder.</summary>
    public static Task<TestServer> StartWholeAsync(params string[] args) => StartWholeAsync(null, args);

    public static Task<TestServer> StartWholeAsync(Action<WebApplicationBuilder>? adjust, params string[] args) =>
        StartAsync(false, adjust, ["--Media:Port=0", "--Recording:Enabled=true", .. args]);

    private static async Task<TestServer> StartAsync(bool withFakes, Action<WebApplicationBuilder>? adjust, string[] args)
    {
        var logs = new LogCollector();
        var directory = Directory.CreateTempSubdirectory("ttm-server-").FullName;
        string[] all =
        [
            "--environment=Production", "--Http:Urls=http://127.0.0.1:0", $"--Auth:Keys:{ApiKey}={Secret}", "--hostBuilder:reloadConfigOnChange=false", "--Recording:Enabled=false", "--Admission:Enabled=false", "--Server:DrainTimeout=00:00:00",
            $"--Recording:Spool={directory}/spool", $"--Storage:FileSystem:Root={directory}/recordings", .. args,
        ];
        var app = ServerHost.Build(all, builder =>
        {
            builder.Logging.ClearProviders().AddProvider(logs).SetMinimumLevel(LogLevel.Trace);
            if (withFakes)
            {
                builder.Services.AddSingleton<ILessons, FakeLessons>();
                builder.Services.Remove(builder.Services.Single(one => one.ImplementationType == typeof(MediaTcpListener)));
                builder.Services.Remove(builder.Services.Single(one => one.ImplementationType == typeof(LoopWatch)));
                builder.Services.AddSingleton<IRecordings, FakeRecordings>();
                builder.Services.AddSingleton(provider => new MediaClock(provider.GetRequiredService<TimeProvider>()));
                builder.Services.AddSingleton(provider => new EntrancePorts { Udp = provider.GetRequiredService<MediaOptions>().Port });
            }

            adjust?.Invoke(builder);
        });
        await app.StartAsync();
        return new(app, logs, directory);
    }

    public string Teacher(string lesson, string teacher = "t-1") => Minter.Teacher(lesson, teacher, TimeSpan.FromHours(1));

    /// <summary>A token of a lesson that must not be recorded.</summary>
    public string Private(string lesson, Role role = Role.Teacher, string subject = "t-1") => Minter.Mint(role, subject, lesson, TimeSpan.FromHours(1), records: false);

    public string Student(string lesson, string student = "s-1") => Minter.Student(lesson, student, TimeSpan.FromHours(1));

    public Task<HttpResponseMessage> SendAsync(string method, string path, string? token, string? body = null, string type = "application/json", params (string Name, string Value)[] headers) =>
        SendAsync(method, path, token, body is null ? null : Encoding.UTF8.GetBytes(body), type, headers);

    public Task<HttpResponseMessage> SendAsync(string method, string path, string? token, byte[]? body, string? type, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            if (type is not null)
                request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}

/// <summary>One server for all tests that need nothing special of it.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    private static int LessonCount;

    internal TestServer Server { get; private set; } = null!;

    /// <summary>A lesson id that no other test uses.</summary>
    public static string NewLesson() => $"lesson-{Interlocked.Increment(ref LessonCount)}";

    public async Task InitializeAsync() => Server = await TestServer.StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();
}

[CollectionDefinition(Name)]
public sealed class ServerGroup : ICollectionFixture<ServerFixture>
{
    public const string Name = "server";
}
