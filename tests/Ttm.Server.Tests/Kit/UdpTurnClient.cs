using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Ttm.Rtc.Stun;

namespace Ttm.Server.Tests.Kit;

/// <summary>A TURN client that says one request after another by UDP, with the long-term mechanism.</summary>
internal sealed class UdpTurnClient : IDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);
    private readonly UdpClient _socket = new(AddressFamily.InterNetwork);
    private readonly string _user;
    private readonly string _password;
    private byte[] _realm = [];
    private byte[] _nonce = [];

    public UdpTurnClient(int port, string user, string password)
    {
        _user = user;
        _password = password;
        _socket.Connect(IPAddress.Loopback, port);
    }

    public async Task<StunErrorCode> AllocateAsync()
    {
        if (_nonce.Length == 0)
            await AskAsync(StunMethod.Allocate, StunAttribute.RequestedTransport, 17u << 24);
        return await AskAsync(StunMethod.Allocate, StunAttribute.RequestedTransport, 17u << 24);
    }

    public Task<StunErrorCode> RefreshAsync(uint lifetime) => AskAsync(StunMethod.Refresh, StunAttribute.Lifetime, lifetime);

    public void Dispose() => _socket.Dispose();

    private async Task<StunErrorCode> AskAsync(StunMethod method, StunAttribute attribute, uint value)
    {
        await _socket.SendAsync(Write(method, attribute, value));
        using var limit = new CancellationTokenSource(AnswerLimit);
        return Read((await _socket.ReceiveAsync(limit.Token)).Buffer);
    }

    private byte[] Write(StunMethod method, StunAttribute attribute, uint value)
    {
        var buffer = new byte[512];
        var writer = new StunWriter(buffer, method, StunClass.Request, RandomNumberGenerator.GetBytes(12));
        writer.WriteUInt32(attribute, value);
        if (_nonce.Length > 0)
        {
            writer.Write(StunAttribute.Username, Encoding.UTF8.GetBytes(_user));
            writer.Write(StunAttribute.Realm, _realm);
            writer.Write(StunAttribute.Nonce, _nonce);
            writer.WriteMessageIntegrity(StunLongTermKey.Derive(StunPasswordAlgorithm.Md5, _user, Encoding.UTF8.GetString(_realm), _password));
        }

        return buffer[..writer.Length];
    }

    private StunErrorCode Read(byte[] answer)
    {
        StunMessage.TryParse(answer, out var message).ShouldBeTrue();
        if (message.TryGetAttribute(StunAttribute.Nonce, out var nonce) && message.TryGetAttribute(StunAttribute.Realm, out var realm))
            (_nonce, _realm) = (nonce.ToArray(), realm.ToArray());
        return message.TryGetErrorCode(out var code, out _) ? code : StunErrorCode.None;
    }
}
