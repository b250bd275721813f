def judge(share, cli):
    return 0
