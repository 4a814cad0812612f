using Microsoft.Extensions.Configuration;
using Ttm.Server.Auth;
using Ttm.Server.Tests.Kit;

namespace Ttm.Server.Tests.Auth;

/// <summary>An old key and a new one while the server runs.</summary>
public sealed class KeyRotationTests
{
    private const string Secret = "secret of thirty-two bytes, or more";
    private const string Path = "/api/v1/lessons";
    private readonly Dictionary<string, string?> _settings = new() { ["Auth:Keys:old"] = Secret };

    [Fact]
    public async Task Rotation_NeverRefusesAGoodKeyAndRefusesTheOldOneInTheEnd()
    {
        await using var server = await TestServer.StartAsync(builder => builder.Configuration.Add<Reread>(source => source.Settings = _settings));
        var before = Token("old", Secret);
        var after = Token("new", Secret + "!");
        Reload(server); // these settings come after the server has read its own
        await server.SendAsync("GET", Path, before).ShouldBeAsync(200);
        await server.SendAsync("GET", Path, after).ShouldBeProblemAsync(401);

        // 1: both. 2: the application changes over, and the old one goes.
        _settings["Auth:Keys:new"] = Secret + "!";
        Reload(server);
        await server.SendAsync("GET", Path, before).ShouldBeAsync(200);
        await server.SendAsync("GET", Path, after).ShouldBeAsync(200);
        _settings.Remove("Auth:Keys:old");
        Reload(server);
        await server.SendAsync("GET", Path, before).ShouldBeProblemAsync(401);
        await server.SendAsync("GET", Path, after).ShouldBeAsync(200);

        // A mistake changes nothing, and is told without the secret.
        _settings["Auth:Keys:new"] = "hunter2";
        Reload(server);
        await server.SendAsync("GET", Path, after).ShouldBeAsync(200);
        server.Logs.Lines.ShouldContain(line => line.Contains("Auth:Keys:new has a secret of 7 bytes", StringComparison.Ordinal));
        server.Logs.Lines.ShouldNotContain(line => line.Contains("hunter2", StringComparison.Ordinal));

        string Token(string key, string secret) => new TokenMinter(key, secret, server.Clock).Service("app", TimeSpan.FromHours(1));
    }

    private static void Reload(TestServer server) => ((IConfigurationRoot)server.Get<IConfiguration>()).Reload();

    // Memory that is read again, as files are.
    private sealed class Reread : IConfigurationSource
    {
        public Dictionary<string, string?> Settings { get; set; } = [];

        public IConfigurationProvider Build(IConfigurationBuilder builder) => new Provider(Settings);

        private sealed class Provider(Dictionary<string, string?> settings) : ConfigurationProvider
        {
            public override void Load() => Data = new Dictionary<string, string?>(settings, StringComparer.OrdinalIgnoreCase);
        }
    }
}
