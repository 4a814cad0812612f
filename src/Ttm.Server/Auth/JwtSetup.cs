using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Ttm.Server.Api;
using Ttm.Server.Configuration;

namespace Ttm.Server.Auth;

/// <summary>Bearer tokens: HS256 alone, the issuer selects the key, <c>exp</c> is required.</summary>
internal static class JwtSetup
{
    /// <summary>The application's clock may be ahead by this much, so that a token which begins now is good now. None at the end: who wants a longer life says so.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(5);

    public static void AddTokens(this IServiceCollection services, AuthOptions options)
    {
        services.AddSingleton(options).AddSingleton<ApiKeys>();
        services.AddNoDataProtection();
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<TimeProvider, ApiKeys>((bearer, clock, keys) =>
        {
            bearer.MapInboundClaims = false;
            bearer.TokenValidationParameters = Parameters(keys, clock);
            bearer.Events = new JwtBearerEvents
            {
                OnMessageReceived = TakeQueryToken,
                OnTokenValidated = ReadCaller,
                OnChallenge = ExplainChallenge,
            };
        });
        services.AddAuthorization();
    }

    private static TokenValidationParameters Parameters(ApiKeys keys, TimeProvider clock) => new()
    {
        ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
        RequireSignedTokens = true,
        ValidateIssuerSigningKey = true,
        IssuerSigningKeyResolver = (_, token, _, _) => keys.Find(token?.Issuer) is { } key ? [key] : [],
        IssuerValidator = (issuer, _, _) => keys.Find(issuer) is not null ? issuer : throw new SecurityTokenInvalidIssuerException("No API key of this name."),
        ValidateAudience = false,
        RequireExpirationTime = true,
        ClockSkew = ClockSkew,
        LifetimeValidator = (notBefore, expires, _, parameters) => CheckLifetime(notBefore, expires, clock.GetUtcNow().UtcDateTime, parameters.ClockSkew),
    };

    private static bool CheckLifetime(DateTime? notBefore, DateTime? expires, DateTime now, TimeSpan skew)
    {
        if (expires is null)
            throw new SecurityTokenNoExpirationException("The token has no claim \"exp\".");
        if (expires <= now)
            throw new SecurityTokenExpiredException("The token has expired.");
        if (notBefore > now + skew)
            throw new SecurityTokenNotYetValidException("The token is not valid yet.");
        return true;
    }

    // EventSource, <audio> and <a> cannot set a header; all of them GET.
    private static Task TakeQueryToken(MessageReceivedContext context)
    {
        var request = context.Request;
        if (request.Headers.Authorization.Count == 0)
            context.Token = request.Query["access_token"].FirstOrDefault();
        return Task.CompletedTask;
    }

    private static Task ReadCaller(TokenValidatedContext context)
    {
        // RFC 7515 section 4.1.11: none of its extensions is understood here.
        if (context.SecurityToken is JsonWebToken token && token.TryGetHeaderValue<object>("crit", out _))
            context.Fail("The token has the header \"crit\", of which this server understands nothing.");
        else if (Caller.TryRead(context.Principal!, out var caller, out var flaw))
            context.HttpContext.Features.Set(caller);
        else
            context.Fail(flaw);
        return Task.CompletedTask;
    }

    private static Task ExplainChallenge(JwtBearerChallengeContext context)
    {
        ProblemPages.SetTitle(context.HttpContext, context.AuthenticateFailure switch
        {
            null => "This needs a token: send it as \"Authorization: Bearer …\".",
            SecurityTokenExpiredException => "The token has expired: get a new one from the application.",
            SecurityTokenNotYetValidException => "The token is not valid yet: check its claim \"nbf\" and the clocks.",
            SecurityTokenNoExpirationException => "The token has no claim \"exp\", which is required.",
            AuthenticationFailureException flaw => flaw.Message,
            _ => "The token is not valid: it must be a JWT signed by HS256 with the secret of the API key in its claim \"iss\".",
        });
        return Task.CompletedTask;
    }
}
