using Microsoft.Playwright;
using Ttm.Testing.Sound;

namespace Ttm.EndToEnd.Kit;

/// <summary>One real Chromium for all tests, whose microphone is the quarter-second signal. No browser is downloaded.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
    ];

    // Playwright's own five seconds are short for a machine that runs much beside.
    private const float ExpectLimit = 15_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("ttm-browser-").FullName;
    private readonly PlainSite _plainSite = new();
    private readonly string? _namespace;
    private readonly string[] _more = [];
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public Browser()
    {
    }

    private Browser(string inNamespace, string[] more)
    {
        _namespace = inNamespace;
        _more = more;
    }

    internal Uri PlainSite => _plainSite.Url;

    /// <summary>Another one, in a network namespace.</summary>
    internal static async Task<Browser> LaunchInAsync(string inNamespace, params string[] arguments)
    {
        var browser = new Browser(inNamespace, arguments);
        await browser.InitializeAsync();
        return browser;
    }

    public async Task InitializeAsync()
    {
        var microphone = Path.Combine(_folder, "microphone.wav");
        WavFile.Write(microphone, QuarterSecondSignal.Generate(0, QuarterSecondSignal.Modulus));
        Assertions.SetDefaultExpectTimeout(ExpectLimit);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = _namespace is null ? Find() : Wrap(Find()),
            Args = [.. Arguments, .. _more, $"--use-file-for-fake-audio-capture={microphone}"],
        });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.CloseAsync();
        _playwright?.Dispose();
        _plainSite.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Closes what a test has opened, so that nothing of it plays on beside the next one.</summary>
    internal async Task ClosePagesAsync()
    {
        foreach (var context in _browser!.Contexts.ToArray())
            await context.CloseAsync();
    }

    /// <summary>A page in a context of its own (nothing shared with other pages), with ears.</summary>
    internal async Task<IPage> OpenAsync(Uri server, bool phone = false)
    {
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = server.ToString(),
            AcceptDownloads = true,
            Locale = "en-US",
            ViewportSize = phone ? new ViewportSize { Width = 390, Height = 844 } : new ViewportSize { Width = 1280, Height = 800 },
        });
        await context.AddInitScriptAsync(scriptPath: Repository.Script("ears.js"));
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(15_000);
        return page;
    }

    private string Wrap(string program)
    {
        var script = Path.Combine(_folder, "browser.sh");
        File.WriteAllText(script, $"#!/bin/sh\nexec ip netns exec {_namespace} {program} \"$@\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return script;
    }

    private static string Find()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return (from name in Names from folder in folders let file = Path.Combine(folder, name) where File.Exists(file) select file).FirstOrDefault()
            ?? throw new InvalidOperationException("No Chromium was found in PATH. Install it: apt-get install chromium");
    }
}

/// <summary>A test with pages of its own in the shared browser.</summary>
[Collection(BrowserTests.Name)]
public abstract class BrowserTest(Browser browser) : IAsyncLifetime
{
    protected Browser Browser { get; } = browser;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => Browser.ClosePagesAsync();
}

[CollectionDefinition(Name)]
public sealed class BrowserTests : ICollectionFixture<Browser>
{
    public const string Name = "Browser";
}
