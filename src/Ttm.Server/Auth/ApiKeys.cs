using System.Collections.Frozen;
using System.Text;
using Microsoft.Extensions.Primitives;
using Microsoft.IdentityModel.Tokens;
using Ttm.Server.Configuration;

namespace Ttm.Server.Auth;

/// <summary>
/// The keys that tokens may be signed with, as the configuration has them now: when it is read again, so are they, and nobody is disconnected. So a
/// new key is added, the application changes to it, and the old one is taken away.
/// </summary>
internal sealed partial class ApiKeys : IDisposable
{
    private readonly ILogger<ApiKeys> _logger;
    private readonly IConfiguration _configuration;
    private readonly bool _isDevelopment;
    private readonly IDisposable _reloads;
    private volatile FrozenDictionary<string, SecurityKey> _keys;

    /// <param name="options">Those of the start.</param>
    public ApiKeys(AuthOptions options, IConfiguration configuration, IHostEnvironment environment, ILogger<ApiKeys> logger)
    {
        _configuration = configuration;
        _isDevelopment = environment.IsDevelopment();
        _logger = logger;
        _keys = Freeze(options);
        _reloads = ChangeToken.OnChange(configuration.GetReloadToken, Read);

        // It may have been read again before the first request.
        Read();
    }

    public SecurityKey? Find(string? issuer) => issuer is null ? null : _keys.GetValueOrDefault(issuer);

    public void Dispose() => _reloads.Dispose();

    private static FrozenDictionary<string, SecurityKey> Freeze(AuthOptions options) => options.Keys.ToFrozenDictionary(
        pair => pair.Key,
        pair => (SecurityKey)new SymmetricSecurityKey(Encoding.UTF8.GetBytes(pair.Value)),
        StringComparer.Ordinal);

    private void Read()
    {
        var settings = new Settings(_configuration);

        // A developer's server without keys has made one for itself, which stays.
        if (_isDevelopment && settings.Map(AuthOptions.Section).Count == 0)
            return;
        try
        {
            var keys = Freeze(AuthOptions.Read(settings, isDevelopment: false));
            if (keys.Count == _keys.Count && keys.All(pair => _keys.TryGetValue(pair.Key, out var old) && Same(old, pair.Value)))
                return;
            _keys = keys;
            var names = string.Join(", ", keys.Keys.Order(StringComparer.Ordinal));
            LogRead(names);
        }
        catch (StartException problem)
        {
            LogRefused(problem.Message);
        }
    }

    private static bool Same(SecurityKey one, SecurityKey other) => ((SymmetricSecurityKey)one).Key.AsSpan().SequenceEqual(((SymmetricSecurityKey)other).Key);

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "API keys read again; tokens are now good when signed for: {Keys}")]
    private partial void LogRead(string keys);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "API keys cannot be read again, those before stay good: {Reason}")]
    private partial void LogRefused(string reason);
}
